import { homedir } from 'node:os';
import { join } from 'node:path';

/** Files of `run`, in one directory of one user. */
export interface StateDirectory {
  readonly path: string;
  /** The process that uses the directory now. */
  readonly lockFile: string;
  /** The dev server that was started last. */
  readonly serverFile: string;
  /** Temporal's database. */
  readonly databaseFile: string;
  readonly serverLogFile: string;
  readonly workerLogFile: string;
  readonly reportsPath: string;
}

/** NODE_DECOMMISSION_STATE, else `node-decommission` below XDG_STATE_HOME, else below `~/.local/state`. */
export const toStateDirectory = (environment: NodeJS.ProcessEnv): StateDirectory => {
  const home = environment['HOME'] ?? homedir();
  const base = toSet(environment['XDG_STATE_HOME']) ?? join(home, '.local', 'state');
  const path = toSet(environment['NODE_DECOMMISSION_STATE']) ?? join(base, 'node-decommission');
  return {
    path,
    lockFile: join(path, 'lock.json'),
    serverFile: join(path, 'server.json'),
    databaseFile: join(path, 'temporal.db'),
    serverLogFile: join(path, 'temporal.log'),
    workerLogFile: join(path, 'worker.log'),
    reportsPath: join(path, 'reports'),
  };
};

/** An empty variable counts as absent, as in the XDG specification. */
const toSet = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
