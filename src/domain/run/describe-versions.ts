import type { WorkerVersion } from './worker-version.ts';
import { toVersionText } from './worker-version.ts';

/** A version of a Worker Deployment, as the server lists it. */
export interface VersionState {
  readonly version: WorkerVersion;
  /**
   * `current`: new runs go to it · `draining`: only runs that are pinned to it · `drained`: none any more · `inactive`: none yet, or the
   * server has not counted them.
   */
  readonly state: 'current' | 'draining' | 'drained' | 'inactive';
  /** Whether a worker of it polled in the last minutes. */
  readonly isServed: boolean;
}

const ORDER: readonly VersionState['state'][] = ['current', 'inactive', 'draining', 'drained'];

/** One line: the state of each version, the current one first, and whether its workers may be stopped. Pure. */
export const describeVersions = (versions: readonly VersionState[]): string =>
  versions
    .toSorted((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state))
    .map(describeVersion)
    .join('; ');

const describeVersion = ({ version, state, isServed }: VersionState): string => {
  const name = toVersionText(version);
  switch (state) {
    case 'current':
      return `${name} is current`;
    case 'draining':
      return `${name} is draining: open runs are pinned to it${isServed ? ', so keep its workers' : ''}`;
    case 'drained':
      return `${name} has drained${isServed ? ': its workers may be stopped' : ''}`;
    case 'inactive':
      return `${name} is not current yet`;
  }
};

/** Versions to which open runs are pinned while no worker of them polls: these runs stand still. Pure. */
export const findAbandoned = (versions: readonly VersionState[]): readonly WorkerVersion[] =>
  versions.filter(({ state, isServed }) => state === 'draining' && !isServed).map(({ version }) => version);
