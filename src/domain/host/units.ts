import type { HostRuntime, HostUnit } from './facts.ts';

/** Units of container runtimes that must not run on a removed host, with the runtimes whose non-Kubernetes containers excuse them. */
export const RUNTIME_UNITS: readonly { readonly name: string; readonly excusedBy: readonly HostRuntime['kind'][] }[] = [
  { name: 'cri-docker.socket', excusedBy: [] },
  { name: 'cri-docker.service', excusedBy: [] },
  { name: 'cri-dockerd.socket', excusedBy: [] },
  { name: 'cri-dockerd.service', excusedBy: [] },
  { name: 'docker.socket', excusedBy: ['docker'] },
  { name: 'docker.service', excusedBy: ['docker'] },
  // Docker runs its containers on containerd.
  { name: 'containerd.service', excusedBy: ['containerd', 'docker'] },
  { name: 'crio.service', excusedBy: [] },
];

/** Neither running nor starting: `activating` is a unit between two restarts. */
export const isUnitOff = ({ activeState }: HostUnit): boolean => activeState === 'inactive' || activeState === 'failed';

export const isUnitThere = ({ loadState }: HostUnit): boolean => loadState !== 'not-found';

/** Does not start when the host boots. */
export const isUnitKeptOff = ({ unitFileState }: HostUnit): boolean =>
  ['', 'disabled', 'masked', 'masked-runtime', 'static', 'indirect'].includes(unitFileState);

/** E.g. `active and enabled`. */
export const toUnitText = ({ loadState, activeState, unitFileState }: HostUnit): string =>
  [activeState, unitFileState === '' ? loadState : unitFileState].join(' and ');
