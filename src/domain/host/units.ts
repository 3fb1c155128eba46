import type { HostUnit } from './facts.ts';

/** Neither running nor starting: `activating` is a unit between two restarts. */
export const isUnitOff = ({ activeState }: HostUnit): boolean => activeState === 'inactive' || activeState === 'failed';

export const isUnitThere = ({ loadState }: HostUnit): boolean => loadState !== 'not-found';

/** Does not start when the host boots. */
export const isUnitKeptOff = ({ unitFileState }: HostUnit): boolean =>
  ['', 'disabled', 'masked', 'masked-runtime', 'static', 'indirect'].includes(unitFileState);

/** E.g. `active and enabled`. */
export const toUnitText = ({ loadState, activeState, unitFileState }: HostUnit): string =>
  [activeState, unitFileState === '' ? loadState : unitFileState].join(' and ');
