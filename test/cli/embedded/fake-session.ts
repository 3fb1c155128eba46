import type { Client } from '@temporalio/client';
import type { CliContext } from '../../../src/cli/cli-context.ts';
import type { RunSession } from '../../../src/cli/embedded/run-session.ts';
import type { DecommissionClient } from '../../../src/client/decommission-client.ts';
import type { DecommissionHandle } from '../../../src/client/decommission-handle.ts';
import type { ListedDecommission } from '../../../src/client/list-decommissions.ts';
import { createStreams } from '../recorded-output.ts';

export interface FakeSession {
  readonly session: RunSession;
  /** What was done, in order. */
  readonly done: readonly string[];
}

export interface SessionFacts {
  readonly open: readonly ListedDecommission[];
  readonly source?: RunSession['place']['source'];
  /** What `start` returns or throws. */
  readonly started: DecommissionHandle | Error;
}

/** A session on a server where these are open. */
export const fakeSession = ({ open, source = 'embedded', started }: SessionFacts): FakeSession => {
  const done: string[] = [];
  const describe = (): Promise<unknown> => Promise.resolve({ status: { name: 'RUNNING' } });
  const client: Partial<DecommissionClient> = {
    client: { workflow: { getHandle: () => ({ describe }) } } as unknown as Client,
    list: () => Promise.resolve(open),
    start: () => {
      done.push('start');
      return started instanceof Error ? Promise.reject(started) : Promise.resolve(started);
    },
  };
  const session: RunSession = {
    place: { connectionOptions: {}, address: '127.0.0.1:7233', namespace: 'default', source },
    client: client as DecommissionClient,
    startWorker: () => {
      done.push('worker');
      return Promise.resolve({ ended: new Promise(() => undefined) });
    },
  };
  return { session, done };
};

/** A command line that is not interrupted, with its own state directory and an otherwise empty environment. */
export const cliContext = (statePath: string, overrides: Partial<CliContext> = {}): CliContext => ({
  ...createStreams().streams,
  environment: { NODE_DECOMMISSION_STATE: statePath, USER: 'ann' },
  stdin: process.stdin,
  interruption: new AbortController().signal,
  programName: 'node-decommission',
  ...overrides,
});
