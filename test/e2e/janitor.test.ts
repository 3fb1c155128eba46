import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UNLOCK_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import type { Leftover } from '../../src/domain/janitor/find-leftovers.ts';
import { toNodeWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { ensureBuiltPackage } from '../../stack/package/built-package.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { runSuccessfully } from '../../stack/processes/run-command.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { awaitStatusText } from './harness/await-status-text.ts';
import { startHarness, type Harness } from './harness/harness.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';

const NODE = 'node-1';
const TASK_ID = 'terminated';
const shop = { namespace: 'shop', replicas: 2 } as const;

/** A task whose workflows are terminated while its drain waits: nothing undoes it. */
describe('the janitor', () => {
  let harness: Harness;
  let before: Awaited<ReturnType<typeof readSnapshot>>;

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    await stack.createNamespace('shop');
    await stack.createNodes([{ name: NODE }]);
    await stack.apply([
      deployment({ ...shop, name: 'web' }),
      deployment({ ...shop, name: 'db' }),
      disruptionBudget({ namespace: 'shop', name: 'db', maxUnavailable: 0 }),
    ]);
    await stack.awaitPodsReady('shop', '', 4);
    await stack.createNodes([{ name: 'node-2' }]);
    before = await readSnapshot(stack);
  });

  afterAll(async () => {
    await harness.stop();
  });

  interface Found {
    readonly exitCode: number;
    readonly leftovers: readonly Leftover[];
    readonly notChecked: readonly string[];
  }

  const runJanitor = async (): Promise<Found> => {
    const { stdout, exitCode } = await harness.runCli(['janitor', '-o', 'json']);
    return { ...(JSON.parse(stdout) as Omit<Found, 'exitCode'>), exitCode };
  };

  const toPairs = ({ leftovers }: Found): readonly string[] =>
    leftovers.map(({ object, what }) => `${object}: ${what}`);

  /** As an operator's shell runs them. */
  const runInShell = async (commands: readonly string[]): Promise<void> => {
    const { stack, environment } = harness;
    const programs = join(stack.directory, 'programs');
    mkdirSync(programs);
    const { entryPath } = await ensureBuiltPackage();
    const program = join(programs, 'node-decommission');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${entryPath}' "$@"\n`);
    chmodSync(program, 0o755);
    const path = [programs, dirname(stack.programs.kubectl), environment['PATH'] ?? ''].join(':');
    for (const command of commands) {
      await runSuccessfully('sh', ['-c', command], {
        environment: { ...environment, PATH: path, KUBECONFIG: stack.adminKubeconfigPath },
      });
    }
  };

  it('finds nothing while the task runs, all that it left once it was terminated, and nothing after its commands were run', async () => {
    const { stack, client } = harness;
    const worker = await harness.startWorker();
    const workflowId = `decommission/default/task/${TASK_ID}`;
    const request = { nodeNames: [NODE], taskId: TASK_ID, hostCleanup: 'skip', preflight: 'warn' };
    const run = await harness.start(request, { workflowId });
    await awaitStatusText(harness, run, 'shop/db allows 0 now');
    // Visibility, which lists the running tasks, lags by about a second.
    const running = await awaitCondition('the janitor finds nothing', async () => {
      const found = await runJanitor();
      return found.exitCode === 0 ? found : undefined;
    });
    expect(running.notChecked).toEqual([expect.stringContaining('deployments.apps')]);

    await worker.stop('SIGKILL');
    await run.terminate('by mistake');
    await client.workflow.getHandle(toNodeWorkflowId('default', NODE)).terminate('by mistake');
    const found = await awaitCondition('visibility lists the terminated task no more', async () => {
      const next = await runJanitor();
      return next.leftovers.length === 3 ? next : undefined;
    });

    expect(found.exitCode).toBe(1);
    expect(toPairs(found)).toEqual([
      `Node ${NODE}: its cordon and annotations`,
      `Node ${NODE}: its lock`,
      'PodDisruptionBudget shop/web-pdb: the whole budget, which the task created',
    ]);
    expect(found.leftovers.every(({ taskId, task }) => taskId === TASK_ID && task === 'closed')).toBe(true);

    await runInShell(found.leftovers.flatMap(({ commands }) => commands));
    expect(await runJanitor()).toMatchObject({ exitCode: 0, leftovers: [] });
    // `unlock` records who and why.
    await stack.api.patch(`/api/v1/nodes/${NODE}`, { metadata: { annotations: { [UNLOCK_ANNOTATION]: null } } });
    expect(await awaitSnapshot(stack, before)).toEqual(before);
  });
});
