import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ensurePrograms } from '../../stack/programs/programs.ts';

/** Contains no user or host name: it is part of recorded histories. */
export const IDENTITY = 'test';

export interface HarnessOptions {
  readonly serverArguments?: readonly string[];
  /** Default: a dev server of its own. */
  readonly server?: { readonly address: string; readonly namespace: string };
  /** Whether an unversioned worker runs the workflows; default true. */
  readonly startsWorker?: boolean;
}

/** A dev server of its own, or `server`. */
export const openEnvironment = async ({
  server,
  serverArguments = [],
}: HarnessOptions): Promise<TestWorkflowEnvironment> => {
  const client = { identity: IDENTITY };
  if (server !== undefined) return await TestWorkflowEnvironment.createFromExistingServer({ ...server, client });
  const programs = await ensurePrograms(['temporal']);
  return await TestWorkflowEnvironment.createLocal({
    client,
    server: {
      executable: { type: 'existing-path', path: programs.temporal },
      log: { format: 'pretty', level: 'error' },
      extraArgs: [...serverArguments],
    },
  });
};
