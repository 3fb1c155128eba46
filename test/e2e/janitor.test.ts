import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { POINT_OF_NO_RETURN_ANNOTATION, UNLOCK_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import type { LeftoverUndo } from '../../src/inspect/leftovers.ts';
import type { Leftover } from '../../src/domain/janitor/leftover.ts';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { ensureBuiltPackage } from '../../stack/package/built-package.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { runSuccessfully } from '../../stack/processes/run-command.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { itInLongRun } from '../long-run.ts';
import { awaitRunningWorkflows } from './harness/await-running-workflows.ts';
import { awaitStatusText } from './harness/await-status.ts';
import { startHarness, type Harness, type Run } from './harness/harness.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';

const NODE = 'node-1';
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
      // Its pods return to the node, for the next task.
      deployment({ ...shop, name: 'web', pod: { nodeSelector: { 'kubernetes.io/hostname': NODE } } }),
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
    readonly undo?: readonly LeftoverUndo[];
  }

  const runJanitor = async (...words: readonly string[]): Promise<Found> => {
    const { stdout, exitCode } = await harness.runCli(['janitor', ...words, '-o', 'json']);
    return { ...(JSON.parse(stdout) as Omit<Found, 'exitCode'>), exitCode };
  };

  const toPairs = ({ leftovers }: Found): readonly string[] =>
    leftovers.map(({ object, what }) => `${object}: ${what}`);

  const toResults = ({ undo = [] }: Found): readonly string[] => undo.map(({ kind, status }) => `${kind} ${status}`);

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

  /** Starts a task whose drain waits for a budget. */
  const startTask = async (taskId: string): Promise<{ readonly run: Run; readonly worker: ManagedProcess }> => {
    const worker = await harness.startWorker();
    const request = { nodeNames: [NODE], taskId, hostCleanup: 'skip', preflight: 'warn' };
    const run = await harness.start(request, { workflowId: toTaskWorkflowId('default', taskId) });
    await awaitStatusText(harness, run, 'shop/db allows 0 now');
    return { run, worker };
  };

  /** Terminates both workflows; no worker is left. Returns what the janitor then finds. */
  const terminate = async ({ run, worker }: Awaited<ReturnType<typeof startTask>>): Promise<Found> => {
    await worker.stop('SIGKILL');
    await run.terminate('by mistake');
    await harness.client.workflow.getHandle(toNodeWorkflowId('default', NODE)).terminate('by mistake');
    await awaitRunningWorkflows(harness, 0);
    return await runJanitor();
  };

  it('finds nothing while the task runs, all that it left once it was terminated, and nothing after its commands were run', async () => {
    const { stack } = harness;
    const started = await startTask('terminated');
    await awaitRunningWorkflows(harness, 2);
    const running = await runJanitor('--undo', '--yes');
    expect(running).toMatchObject({ exitCode: 0, leftovers: [], undo: [] });
    expect(running.notChecked).toEqual([expect.stringContaining('deployments.apps')]);

    const found = await terminate(started);
    expect(found.exitCode).toBe(1);
    expect(toPairs(found)).toEqual([
      `Node ${NODE}: its cordon and annotations`,
      `Node ${NODE}: its lock`,
      'PodDisruptionBudget shop/web-pdb: the whole budget, which the task created',
    ]);
    expect(found.leftovers.every(({ taskId, task }) => taskId === 'terminated' && task === 'closed')).toBe(true);

    await runInShell(found.leftovers.flatMap(({ commands }) => commands));
    expect(await runJanitor()).toMatchObject({ exitCode: 0, leftovers: [] });
    // `unlock` records who and why.
    await stack.api.patch(`/api/v1/nodes/${NODE}`, { metadata: { annotations: { [UNLOCK_ANNOTATION]: null } } });
    expect(await awaitSnapshot(stack, before)).toEqual(before);
  });

  it('undoes on demand, but nothing of a node past its point of no return and nothing unconfirmed', async () => {
    const { stack } = harness;
    await terminate(await startTask('undone'));
    for (const [verb, name, filter] of [
      ['status', 'undone', '--task undone'],
      // The name of a node is that of its task.
      ['status', NODE, '--task undone'],
      ['report', NODE, '--task undone'],
    ] as const) {
      const { exitCode, stderr } = await harness.runCli([verb, name]);
      expect(exitCode).toBe(4);
      expect(stderr).toContain(`node-decommission janitor ${filter} --cluster default`);
    }
    const { stdout } = await harness.runCli(['doctor']);
    expect(stdout).toMatch(/Node node-1 \(its lock\), PodDisruptionBudget shop\/web-pdb .*node-decommission janitor/);
    const node = `/api/v1/nodes/${NODE}`;

    await stack.api.patch(node, { metadata: { annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: '2026-01-02' } } });
    const refused = await runJanitor(NODE, '--undo', '--yes');
    expect(refused).toMatchObject({ exitCode: 4, undo: [{ object: `Node ${NODE}`, status: 'Kept', remains: true }] });
    expect(refused.undo?.[0]?.message).toContain('Start the same request again');
    expect(await stack.api.read(node)).toMatchObject({ spec: { unschedulable: true } });
    await stack.api.patch(node, { metadata: { annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: null } } });

    // No terminal, no --yes.
    const unconfirmed = await harness.runCli(['janitor', '--undo']);
    expect(unconfirmed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') as unknown });
    // Without Temporal, nothing is undone unless an operator confirms it.
    const lost = { TEMPORAL_ADDRESS: 'localhost:1' };
    const unknown = await harness.runCli(['janitor', '--undo', '--yes'], { environment: lost });
    expect(unknown).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('--include-unknown') as unknown });

    // The schedule of the cluster finds it, too, and changes nothing.
    const scheduled = await harness.runCli(['janitor', '--schedule', '0 0 1 1 *', '-o', 'json']);
    const { scheduleId } = JSON.parse(scheduled.stdout) as { readonly scheduleId: string };
    const wrong = await harness.runCli(['janitor', '--schedule', 'hourly']);
    expect(wrong).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('cron expression "hourly"') as unknown,
    });
    const worker = await harness.startWorker();
    await harness.client.schedule.getHandle(scheduleId).trigger();
    const search = await awaitCondition('the scheduled search has started', async () => {
      const { info } = await harness.client.schedule.getHandle(scheduleId).describe();
      return info.recentActions[0]?.action.workflow;
    });
    const ended = harness.client.workflow.getHandle(search.workflowId).result();
    await expect(ended).rejects.toMatchObject({ cause: { type: 'LeftoversFound', details: [{ count: 3 }] } });
    await worker.stop('SIGTERM');
    expect(await harness.runCli(['janitor', '--unschedule'])).toMatchObject({ exitCode: 0 });

    const undone = await runJanitor('--task', 'undone', '--undo', '--yes');
    expect(undone.exitCode).toBe(0);
    expect(toResults(undone)).toEqual(['marks Undone', 'budget Undone', 'lock Undone']);
    expect(await awaitSnapshot(stack, before)).toEqual(before);
    expect(await runJanitor('--undo', '--yes')).toMatchObject({ exitCode: 0, undo: [] });
  });

  itInLongRun(
    'leaves the report of a finished node to a folder, which is read when Temporal no longer has it',
    async () => {
      const { stack, environment } = harness;
      const path = join(stack.directory, 'with-reports.yaml');
      const configuration = JSON.parse(readFileSync(environment['NODE_DECOMMISSION_CONFIG'] ?? '', 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...configuration, reports: { directory: 'reports' } }));
      const withReports = { NODE_DECOMMISSION_CONFIG: path };
      const worker = await harness.startWorker(withReports);
      await (await harness.start({ nodeNames: ['node-2'], taskId: 'stored', hostCleanup: 'skip' })).result();
      await worker.stop('SIGTERM');

      const readReport = async (extra: Readonly<Record<string, string>>): Promise<DecommissionReport> => {
        const { stdout } = await harness.runCli(['report', 'node-2', '-o', 'json'], {
          environment: { ...withReports, ...extra },
        });
        return JSON.parse(stdout) as DecommissionReport;
      };
      const ofTemporal = await readReport({});
      const ofFolder = await readReport({ TEMPORAL_ADDRESS: 'localhost:1' });
      expect(ofTemporal).toMatchObject({ outcome: 'Decommissioned', taskId: 'stored' });
      expect(ofFolder).toMatchObject({ outcome: 'Decommissioned', taskId: 'stored', nodes: [{ nodeName: 'node-2' }] });
      expect(ofFolder.nodes[0]?.steps).toEqual(ofTemporal.nodes[0]?.steps);
    },
  );
});
