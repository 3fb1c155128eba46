import { symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TASK_QUEUE, toNodeWorkflowId, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { STEP_NAMES, type DecommissionReport } from '../../src/domain/run/report.ts';
import type { JoinedStatus } from '../../src/client/join-status.ts';
import type { ListedDecommission } from '../../src/client/list-decommissions.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { runKubectl as runProgram } from '../../stack/control-plane/kubectl.ts';
import type { ManagedProcess } from '../../stack/processes/managed-process.ts';
import { runCommand } from '../../stack/processes/run-command.ts';
import { ensureBuiltPackage } from '../../stack/package/built-package.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import { boundRows, itInLongRun } from '../long-run.ts';
import { startHarness, type CliResult, type Harness } from './harness/harness.ts';
import { awaitBlockedDrain, awaitEvictionsPaused } from './harness/blocked-drain.ts';
import { createBlockedPool, unblockPods } from './harness/blocked-pool.ts';
import { runOnTerminal } from './harness/run-on-terminal.ts';

const BUILT = await ensureBuiltPackage();
const COLOR = '\u001b[';

const REFUSALS = boundRows(
  [
    { name: 'an operator declines, after an early yes', early: 'y\ny', answer: 'n\n', expected: { exitCode: 1 } },
    { name: 'Ctrl-C interrupts the question', early: '', answer: '\u0003', expected: { exitCode: 130 } },
  ],
  2,
);

/** The command line and `temporal` as users and scripts call them, with a worker in a separate process. */
describe('entry points', () => {
  let harness: Harness;
  let worker: ManagedProcess;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.stack.createNodes([
      { name: 'empty-1' },
      { name: 'empty-2' },
      { name: 'planned', labels: { pool: 'old' } },
      { name: 'full' },
    ]);
    await harness.stack.createNamespace('full');
    await harness.stack.apply([
      pod({ namespace: 'full', nodeName: 'full', name: 'stuck', behavior: { termination: 'never' } }),
    ]);
    await harness.stack.awaitPodsReady('full', '', 1);
  });

  afterAll(async () => {
    await harness.stop();
  });

  const cli = async (...words: readonly string[]): Promise<CliResult> => await harness.runCli(words);
  const cliJson = async <Result>(...words: readonly string[]): Promise<Result> =>
    JSON.parse((await cli(...words, '-o', 'json')).stdout) as Result;

  /** A drain whose last two pods are blocked by a budget that allows no eviction. */
  const startBlocked = async (
    name: string,
  ): Promise<{ pool: Awaited<ReturnType<typeof createBlockedPool>>; taskId: string }> => {
    const pool = await createBlockedPool(harness.stack, name);
    const taskId = `${name}-task`;
    const { exitCode } = await cli(...startWords(name, taskId));
    expect(exitCode).toBe(0);
    await awaitBlockedDrain(harness, toNodeWorkflowId('default', name), 2, 6);
    return { pool, taskId };
  };

  it('starts without a worker, and reports that one is missing', async () => {
    const started = await cli('start', 'full', '--task-id', 'alone', '--host-cleanup', 'skip');
    expect(started).toMatchObject({ exitCode: 1, stdout: 'Started decommission/default/task/alone\n' });
    expect(started.stderr).toContain('No worker polls the task queue yet');
    const again = await cli('start', 'full', '--task-id', 'alone', '--host-cleanup', 'skip', '--no-wait');
    expect(again).toMatchObject({ exitCode: 0, stdout: 'Attached to decommission/default/task/alone\n' });
    const status = await cli('status', 'alone');
    expect(status).toMatchObject({ exitCode: 1, stdout: '' });
    expect(status.stderr).toContain('no worker polls task queue node-decommission');

    worker = await harness.startWorker();
    expect(await cli('watch', 'alone')).toMatchObject({ exitCode: 3 });
  });

  const startWords = (nodeName: string, taskId: string): readonly string[] => [
    ...['start', nodeName, '--task-id', taskId, '--host-cleanup', 'skip', '--preflight', 'warn'],
    ...['--by', 'ops', '--reason', 'disk is failing'],
  ];

  it('prints a drain from its start to its report', async () => {
    const { pool, taskId } = await startBlocked('shown');
    const workflowId = toTaskWorkflowId('default', taskId);

    const attached = await cliJson<object>(...startWords('shown', taskId));
    expect(attached).toMatchObject({ workflowId, attached: true, verdict: { verdict: 'Go', nodeCount: 1 } });
    const different = await cli(...startWords('shown', taskId), '--timeout-seconds', '600');
    expect(different).toMatchObject({ exitCode: 2, stdout: '' });
    expect(different.stderr).toContain(`error: ${workflowId} is already running with another request`);

    const status = await cliJson<JoinedStatus>('status', taskId);
    expect(status).toMatchObject({ version: 1, taskId, workflowId, cluster: 'default', phase: 'Draining' });
    expect(status.nodes.map(({ nodeName }) => nodeName)).toEqual(['shown']);
    expect(status.nodes[0]?.steps.map(({ name }) => name)).toEqual(STEP_NAMES);
    expect(status.nodes[0]?.pods.filter(({ state }) => state === 'Evicting')).toEqual([
      expect.objectContaining({
        progress: expect.objectContaining({ state: 'BlockedByBudget', budget: 'shown/blocked' }),
      }),
      expect.objectContaining({
        progress: expect.objectContaining({ state: 'BlockedByBudget', budget: 'shown/blocked' }),
      }),
    ]);
    // By the node's name too: an on-call engineer may know no more.
    const text = await cli('status', 'shown');
    expect(text.stdout).toContain('4 of 6 pods gone · 2 blocked by a budget');
    expect(text.stdout).toContain('shown/blocked allows 0 now');

    const listed = await cliJson<{ decommissions: readonly ListedDecommission[] }>('list', '--state', 'running');
    expect(listed.decommissions).toContainEqual(
      expect.objectContaining({ workflowId, taskId, state: 'Running', phase: 'Draining', nodeNames: 'shown' }),
    );
    expect((await cli('list')).stdout).toMatch(/^TASK +CLUSTER +NODES +STATE +STARTED +TOOK\n/);

    expect((await cli('pause', taskId, '--by', 'ops', '--reason', 'lunch')).stdout).toContain('Paused');
    expect(await cliJson<JoinedStatus>('status', taskId)).toMatchObject({ paused: { by: 'ops', reason: 'lunch' } });
    await awaitEvictionsPaused(harness, toNodeWorkflowId('default', 'shown'));
    await unblockPods(harness.stack, pool);
    expect(await cli('resume', taskId, '--by', 'ops', '--reason', 'back')).toMatchObject({ exitCode: 0 });

    const watched = await cli('watch', taskId);
    expect(watched).toMatchObject({ exitCode: 0, stderr: '' });
    expect(watched.stdout).not.toContain(COLOR);
    expect(watched.stdout).toMatch(/^\d\d:\d\d:\d\d /);
    expect(watched.stdout).toContain('Decommissioned: node shown: drained and deleted.');

    const report = await cliJson<DecommissionReport>('report', taskId);
    expect(report).toMatchObject({ version: 1, taskId, outcome: 'Decommissioned', requestedBy: 'ops' });
    expect(report.nodes[0]?.pods.map(({ outcome }) => outcome)).toEqual(Array(6).fill('Evicted'));
  });

  it('cancels with who and why in the history, and exits with 1 wherever the outcome counts', async () => {
    const { taskId } = await startBlocked('cancelled');
    const workflowId = toTaskWorkflowId('default', taskId);

    const cancelled = await cli('cancel', taskId, '--by', 'ops', '--reason', 'the window has closed', '--wait');
    expect(cancelled.exitCode).toBe(0);
    expect(cancelled.stdout).toContain('Cancelled: The run was cancelled. All changes were undone.');
    expect((await cli('watch', taskId)).exitCode).toBe(1);
    expect((await cli('report', taskId)).stdout).toMatch(/^Cancelled: /);
    const { events = [] } = await harness.client.workflow.getHandle(workflowId).fetchHistory();
    const request = (events ?? []).find((event) => event.workflowExecutionCancelRequestedEventAttributes);
    expect(request?.workflowExecutionCancelRequestedEventAttributes?.cause).toBe('ops: the window has closed');
  });

  it.each(REFUSALS)(
    'asks on a terminal, within 80 columns, and starts nothing when $name',
    async ({ early, answer, expected }) => {
      const words = ['start', 'full', '--task-id', 'asked', '--host-cleanup', 'skip', '--force'];
      const asked = await runOnTerminal(harness, words, { question: 'Start? [y/N] ', answer, early });
      expect(asked).toMatchObject(expected);
      expect(asked.screen).toContain(
        'About to decommission 1 node:\n  cluster  default\n  context  stack\n  server   https://',
      );
      expect(asked.screen).toContain('  lost     1 unmanaged pod, not recreated: full/stuck\n');
      expect(asked.screen).toContain('Nothing was started and nothing was changed.');
      expect(asked.screen.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(await cli('status', 'task/asked')).toMatchObject({ exitCode: 1 });
      const node = await harness.stack.kubectl(['get', 'node', 'full', '-o', 'yaml']);
      expect(node.stdout).not.toContain('unschedulable: true');
    },
  );

  it('starts on a terminal after a yes, and asks nothing with --yes', async () => {
    const words = ['start', 'full', '--task-id', 'confirmed', '--host-cleanup', 'skip'];
    const started = await runOnTerminal(harness, words, { question: 'Start? [y/N] ', answer: 'y\n' });
    expect(started).toMatchObject({
      exitCode: 3,
      screen: expect.stringContaining('Started decommission/default/task/'),
    });
    expect(started.screen).toContain('Preflight refuses this, so nothing would be changed (');
    const again = await runOnTerminal(harness, [...words, '--yes'], { question: 'Start?', answer: 'n\n' });
    expect(again).toMatchObject({ exitCode: 3, screen: expect.not.stringContaining('Start?') });
    expect(again.screen).toContain('Preflight: Refused');
  });

  it('exits with 1 when it failed and was undone, and with 3 when it is refused', async () => {
    const words = ['start', 'full', '--host-cleanup', 'skip', '--wait'];
    const refused = await cli(...words, '--task-id', 'refused');
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toContain('to proceed anyway, set force: true');

    const failed = await cli(...words, '--task-id', 'failed', '--force', '--timeout-seconds', '1', '-o', 'json');
    expect(failed.exitCode).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ outcome: 'RolledBack', failure: { type: 'DrainTimeout' } });
    expect(failed.stderr).toContain('Started decommission/default/task/failed');
  });

  itInLongRun('runs a saved plan, but not when it would do more than planned', async () => {
    const path = join(harness.stack.directory, 'plan.json');
    const planned = await cli(
      'plan',
      'planned',
      '--host-cleanup',
      'skip',
      '--no-delete-node',
      '--force',
      '--out',
      path,
    );
    expect(planned).toMatchObject({ exitCode: 0 });

    const [extra] = [pod({ namespace: 'full', nodeName: 'planned', name: 'extra' })];
    await harness.stack.apply([extra]);
    const refused = await cli('start', '--plan', path, '--wait');
    expect(refused).toMatchObject({ exitCode: 3 });
    expect(refused.stdout).toContain('1 pod of full pod extra would leave node planned, planned were none');

    await harness.stack.api.delete('/api/v1/namespaces/full/pods/extra');
    await awaitCondition(
      'the pod is gone',
      async () => (await harness.stack.api.find('/api/v1/namespaces/full/pods/extra')) === undefined,
    );
    expect(await cli('start', '--plan', path, '--wait')).toMatchObject({ exitCode: 0 });
  });

  itInLongRun('gives a node back that was only drained, and leaves the cordons of others', async () => {
    await harness.stack.kubectl(['cordon', 'full']);
    const given = await cli('uncordon', 'planned', 'node/full');
    expect(given).toMatchObject({ exitCode: 1, stderr: '' });
    expect(given.stdout).toMatch(/^node\/planned uncordoned: task \w+ drained it until \S+ \(\w+\)\.\n/);
    expect(given.stdout).toContain('node/full left cordoned: no drain of ours left this cordon.');
    const nodes = await harness.stack.kubectl(['get', 'nodes', 'planned', 'full', '-o', 'yaml']);
    expect(nodes.stdout.match(/unschedulable: true/g)).toHaveLength(1);
    expect(nodes.stdout).not.toContain('node-decommission.io/drained');
    await harness.stack.kubectl(['uncordon', 'full']);
    expect(await cli('uncordon', 'planned')).toMatchObject({ exitCode: 0 });
    expect(await cli('uncordon', 'planned', 'mistyped')).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it("takes kubectl's words: labels, names on standard input, YAML, drain's flags, several files in KUBECONFIG", async () => {
    const { stack, environment } = harness;
    const { adminKubeconfigPath, directory, programs } = stack;
    const drain = ['--ignore-daemonsets', '--delete-emptydir-data', '--grace-period=30', '--timeout=10m', '--force'];
    const rest = ['--no-hosts', '-o', 'name'];
    const selected = await cli('plan', '-l', 'kubernetes.io/hostname in (planned),!absent', ...drain, ...rest);
    expect(selected).toMatchObject({ exitCode: 0, stdout: 'node/planned\n', stderr: '' });
    const badLabels = await cli('plan', '-l', 'a=b=c', ...rest);
    expect(badLabels).toMatchObject({ exitCode: 2, stdout: '' });
    expect(badLabels.stderr).toContain('"a=b=c" is not a label selector');

    const names = await stack.kubectl(['get', 'node', 'planned', '-o', 'name']);
    expect(await harness.runCli(['plan', '-', ...rest], { input: names.stdout })).toMatchObject({
      stdout: names.stdout,
    });
    const yaml = 'nodeNames: [planned]\nhostCleanup: skip\n';
    expect(await harness.runCli(['plan', '-f', '-', ...rest], { input: yaml })).toMatchObject({ stdout: names.stdout });

    symlinkSync(BUILT.entryPath, join(directory, 'kubectl-decommission'));
    const words = [
      'decommission',
      'plan',
      '-l',
      'pool=old',
      '--context',
      'stack',
      '-o',
      'wide',
      '--host-cleanup',
      'skip',
    ];
    const ofPool = await runCommand(programs.kubectl, words, {
      environment: {
        PATH: [dirname(process.execPath), directory].join(delimiter),
        HOME: directory,
        KUBECONFIG: adminKubeconfigPath,
      },
    });
    expect(ofPool).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ofPool.stdout).toContain(`on cluster default: Go\ncontext stack, server ${stack.serverUrl}, Kubernetes v`);
    expect(ofPool.stdout.match(/^Node .*/gm)).toEqual(['Node planned: no pods']);

    const KUBECONFIG = ['/no/such/file', adminKubeconfigPath, adminKubeconfigPath].join(':');
    const { NODE_DECOMMISSION_CONFIG: _unused, ...own } = environment;
    const planned = await harness.runCli(['plan', 'planned', '--no-hosts', '-o', 'json'], {
      environment: { ...own, NODE_DECOMMISSION_CONFIG: '', KUBECONFIG },
    });
    const context = await runProgram(programs.kubectl, directory, KUBECONFIG, ['config', 'current-context']);
    expect(JSON.parse(planned.stdout)).toMatchObject({ clusterAddress: { context: context.stdout.trim() } });
  });

  it('watches a workflow that `temporal workflow start` started', async () => {
    const { temporal, programs, directory } = harness.stack;
    const started = await runProgram(programs.temporal, directory, '', [
      ...['workflow', 'start', '--address', temporal.address, '--namespace', temporal.namespace],
      ...['--task-queue', TASK_QUEUE],
      ...['--type', 'decommissionNodes', '--workflow-id', 'by-temporal'],
      ...['--input', JSON.stringify({ node_names: ['empty-1'], host_cleanup: 'skip' })],
    ]);
    expect(started).toMatchObject({ exitCode: 0 });

    const watched = await cli('watch', 'by-temporal', '-o', 'json');
    expect(watched.exitCode).toBe(0);
    const events = watched.stdout.trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line) as unknown).at(-1)).toMatchObject({
      version: 1,
      type: 'report',
      report: { outcome: 'Decommissioned', nodes: [{ nodeName: 'empty-1' }] },
    });
  });

  it('returns the verdict of preflight to `temporal workflow execute-update-with-start`', async () => {
    const { temporal, programs, directory } = harness.stack;
    const decide = async (request: object) =>
      await runProgram(programs.temporal, directory, '', [
        ...['workflow', 'execute-update-with-start', '--address', temporal.address, '--namespace', temporal.namespace],
        ...['--update-name', 'awaitVerdict', '--id-conflict-policy', 'UseExisting', '--workflow-id', 'with-verdict'],
        ...['--type', 'decommissionNodes', '--task-queue', TASK_QUEUE, '-o', 'json'],
        ...['--input', JSON.stringify({ hostCleanup: 'skip', taskId: 'with-verdict', ...request })],
      ]);
    const refused = await decide({ nodeNames: ['absent'] });
    expect(refused).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(refused.stdout)).toMatchObject({
      updateResult: { version: 1, taskId: 'with-verdict', verdict: 'Refused', findings: [{ code: 'NodeNotFound' }] },
    });
    const invalid = await decide({ nodeNames: ['Node_1'] });
    expect(invalid).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Node_1') });
  });

  itInLongRun('reports how closed workflows ended when no worker is running', async () => {
    const { exitCode } = await cli('start', 'empty-2', '--task-id', 'closed', '--host-cleanup', 'skip', '--wait');
    expect(exitCode).toBe(0);
    await worker.stop('SIGTERM');

    expect(await cli('report', 'closed')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Decommissioned: /),
    });
    expect(await cliJson<JoinedStatus>('status', 'closed')).toMatchObject({
      phase: 'Closed',
      outcome: 'Decommissioned',
    });
    const names = ['empty-2', 'task/closed', 'node/empty-2', toTaskWorkflowId('default', 'closed')];
    for (const name of names) {
      expect(await cliJson<JoinedStatus>('status', name)).toMatchObject({ phase: 'Closed', taskId: 'closed' });
      expect(await cliJson<DecommissionReport>('report', name)).toMatchObject({ taskId: 'closed' });
    }
    const missing = await cli('report', 'never-started');
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toContain('no report of never-started found');
  });
});
