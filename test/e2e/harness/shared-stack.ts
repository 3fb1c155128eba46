import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagedProcess } from '../../../stack/processes/managed-process.ts';
import type { Stack } from '../../../stack/stack.ts';
import { startStack } from '../../../stack/start-stack.ts';
import { clearCluster, readPristineCluster, type PristineCluster } from './clear-cluster.ts';

/*
 * One control plane for all suites that a jest worker runs, one after the other: a start costs ten seconds of a processor. This file is
 * loaded outside of the suites' sandboxes, and its stack ends with the process.
 */

/** The stack that suites borrow, with the rights of deploy/rbac.yaml applied. */
interface SharedStack {
  readonly stack: Stack;
  readonly hasRealNodes: boolean;
  readonly pristine: PristineCluster;
}

export interface BorrowOptions {
  readonly realNodes: boolean;
}

let shared: SharedStack | undefined;
let returnStack: (() => Promise<void>) | undefined;
let borrowCount = 0;

/**
 * The control plane of this process, empty except for deploy/rbac.yaml. If none fits, it is started, or restarted with support for real
 * nodes. `stop` returns it and removes everything that the suite created. Its `directory` belongs to the suite; its audit log starts with the
 * suite. Its servers cannot be stopped: a suite that stops them starts a separate stack.
 */
export const borrowStack = async ({ realNodes }: BorrowOptions): Promise<Stack> => {
  // A suite whose set-up failed may not have returned it.
  await returnStack?.();
  if (shared !== undefined && realNodes && !shared.hasRealNodes) await endShared();
  shared ??= await startShared(realNodes);
  const { stack } = shared;
  borrowCount += 1;
  const directory = join(stack.directory, `suite-${borrowCount}`);
  mkdirSync(directory);
  const programs: ManagedProcess[] = [];
  const start = stack.markAudit();
  returnStack = async () => {
    returnStack = undefined;
    await clearOrEnd(programs);
  };
  const own = returnStack;
  return {
    ...stack,
    directory,
    temporal: { ...stack.temporal, kill: refuse, stop: refuse, start: refuse },
    stopApiServer: refuse,
    startApiServer: refuse,
    restartApiServer: refuse,
    auditEvents: (since = start) => stack.auditEvents(since),
    startProgram: (description) => {
      const program = stack.startProgram({ ...description, name: `suite-${borrowCount}-${description.name}` });
      programs.push(program);
      return program;
    },
    stop: async () => {
      if (returnStack === own) await own();
    },
  };
};

const startShared = async (realNodes: boolean): Promise<SharedStack> => {
  const stack = await startStack({ realNodes, temporal: true });
  await stack.apply(readFileSync(new URL('../../../deploy/rbac.yaml', import.meta.url), 'utf8'));
  return { stack, hasRealNodes: realNodes, pristine: await readPristineCluster(stack) };
};

/** A stack that cannot be cleared is not reused. */
const clearOrEnd = async (programs: readonly ManagedProcess[]): Promise<void> => {
  if (shared === undefined) return;
  try {
    await Promise.all(programs.map((program) => program.stop('SIGKILL')));
    await shared.stack.removeRealNodes();
    await clearCluster(shared.stack, shared.pristine);
  } catch (error) {
    await endShared();
    throw error;
  }
};

const endShared = async (): Promise<void> => {
  const ended = shared;
  shared = undefined;
  await ended?.stack.stop();
};

const refuse = (): Promise<never> =>
  Promise.reject(
    new Error(
      'This stack is shared with other suites, so its servers cannot be stopped. Start a separate one with `own: true`.',
    ),
  );
