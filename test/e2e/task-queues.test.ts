import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import proto from '@temporalio/proto';
import type { JoinedStatus } from '../../src/client/join-status.ts';
import { toClusterQueue, toNodeWorkflowId, toTaskWorkflowId, toWaitsQueue } from '../../src/domain/run/workflow-ids.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { runKubectl as runProgram } from '../../stack/control-plane/kubectl.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { toNodePath, toTaskMarks } from './harness/blocked-pool.ts';
import { awaitStatus } from './harness/await-status.ts';
import { awaitClosing } from './harness/closing.ts';
import { startHarness, type CliResult, type Harness, type Run } from './harness/harness.ts';
import { createNodePool, inPool, type NodePool } from './harness/node-pool.ts';

/** The least that a configuration may have. */
const SLOTS = 10;
const BLOCKED_PODS = 13;

/** A worker serves only its own clusters, and blocked pods take only slots that nothing else needs. */
describe('task queues', () => {
  let harness: Harness;
  let pool: NodePool;
  let blocked: Run;
  /** It takes half a minute. */
  let unserved: Promise<CliResult>;

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    const names = ['of-east', 'of-west', 'free-1', 'free-2'];
    await stack.createNodes(names.map((name, index) => ({ name, providerID: `hcloud://${index + 1}` })));
    pool = await createNodePool(stack, 'slots', async (namespace) => {
      const pod = inPool('slots');
      await stack.apply([
        deployment({ namespace, name: 'blocked', replicas: BLOCKED_PODS, pod }),
        disruptionBudget({ namespace, name: 'blocked', maxUnavailable: 0 }),
      ]);
      await stack.awaitPodsReady(namespace, '', BLOCKED_PODS);
    });
    const hook = `echo "$NODE_DECOMMISSION_NODE_NAME $NODE_DECOMMISSION_PROVIDER_ID" | tee -a ${endedMachinesPath()}`;
    await Promise.all([
      startWorkerOf('east', { endMachine: { command: ['sh', '-c', hook] } }),
      startWorkerOf('west', { limits: { activitySlots: SLOTS } }),
    ]);
    const words = ['--task-id', 'unserved', '--cluster', 'default', '--host-cleanup', 'skip', '--wait'];
    unserved = harness.runCli(['start', 'free-1', ...words]);
  });

  afterAll(async () => {
    await harness.stop();
  });

  /** Written by the hook of `east`. */
  const endedMachinesPath = (): string => join(harness.stack.directory, 'ended-machines');

  /** A worker that has the cluster of the stack under this name only; returns the path of its configuration. */
  const startWorkerOf = async (cluster: string, settings: object = {}): Promise<string> => {
    const { environment, stack } = harness;
    const own = JSON.parse(readFileSync(environment['NODE_DECOMMISSION_CONFIG'] ?? '', 'utf8')) as {
      readonly clusters: { readonly default: object };
    };
    const path = join(stack.directory, `${cluster}.json`);
    writeFileSync(path, JSON.stringify({ ...own, ...settings, clusters: { [cluster]: own.clusters.default } }));
    await harness.startWorker({ NODE_DECOMMISSION_CONFIG: path });
    return path;
  };

  const start = async (cluster: string, nodeName: string): Promise<Run> => {
    const request = { cluster, nodeNames: [nodeName], taskId: nodeName, preflight: 'skip', hostCleanup: 'skip' };
    return await harness.start(request, { workflowId: toTaskWorkflowId(cluster, nodeName) });
  };

  /** Identities of the workers that poll the queue for activities. */
  const readPollers = async (name: string): Promise<readonly string[]> => {
    const { client } = harness;
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    return [...new Set(pollers.map(({ identity }) => identity ?? ''))];
  };

  /** Identities of the workers that ran the activities of a workflow, except the check of its request. */
  const readActivityWorkers = async (workflowId: string): Promise<readonly string[]> => {
    const { events = [] } = await harness.client.workflow.getHandle(workflowId).fetchHistory();
    const started = (events ?? []).flatMap(({ activityTaskStartedEventAttributes }) =>
      activityTaskStartedEventAttributes ? [activityTaskStartedEventAttributes.identity ?? ''] : [],
    );
    return [...new Set(started.slice(1))];
  };

  it('gives each request to the worker of its cluster, with two workers in one namespace', async () => {
    const clusters = ['east', 'west'];
    const runs = await Promise.all(clusters.map((cluster) => start(cluster, `of-${cluster}`)));
    const closings = await Promise.all(runs.map(awaitClosing));
    expect(closings.map(({ report }) => report.outcome)).toEqual(['Decommissioned', 'Decommissioned']);

    const [east = [], west = []] = await Promise.all(clusters.map((cluster) => readPollers(toClusterQueue(cluster))));
    expect([east.length, west.length]).toEqual([1, 1]);
    expect(east).not.toEqual(west);
    expect(await readPollers(toWaitsQueue('east'))).toEqual(east);
    for (const [cluster, served] of [['east', east] as const, ['west', west] as const]) {
      const node = `of-${cluster}`;
      expect(await readActivityWorkers(toTaskWorkflowId(cluster, node))).toEqual(served);
      expect(await readActivityWorkers(toNodeWorkflowId(cluster, node))).toEqual(served);
    }

    // Only the worker of `east` has a hook.
    expect(readFileSync(endedMachinesPath(), 'utf8')).toBe('of-east hcloud://1\n');
    const ends = closings.map(({ report }) => report.nodes[0]?.steps.find(({ name }) => name === 'endMachine'));
    expect(ends).toMatchObject([
      { status: 'Succeeded', message: 'the hook has ended the machine; its answer: of-east hcloud://1' },
      { status: 'Skipped', message: expect.stringContaining('to end it, run `hcloud server delete 2`') },
    ]);
    expect(closings[1]?.report.message).toContain('The machine still runs');
  });

  it('shows evictions that no worker has taken as queued, while more pods are blocked than there are slots', async () => {
    blocked = await start('west', pool.nodeName);
    const toWaits = ({ nodes }: JoinedStatus): Readonly<Record<string, number>> => {
      const pods = nodes[0]?.pods ?? [];
      const waits = pods.map(({ progress }) => (progress?.message ?? 'unknown').replace(/ allows .*/, ''));
      return Object.fromEntries(waits.map((wait) => [wait, waits.filter((other) => other === wait).length]));
    };
    await awaitStatus(
      harness,
      blocked,
      'the slots are taken',
      (status) =>
        JSON.stringify(Object.entries(toWaits(status)).sort()) ===
        JSON.stringify([
          ['budget slots/blocked', SLOTS],
          ['waiting for a worker with a free slot', BLOCKED_PODS - SLOTS],
        ]),
    );
  });

  it('finds a slot at once for a new request, the deletion of a Node and undo, while all slots of evictions are taken', async () => {
    const startedAt = Date.now();
    expect((await awaitClosing(await start('west', 'free-2'))).report.outcome).toBe('Decommissioned');
    expect(await harness.stack.api.find(toNodePath('free-2'))).toBeUndefined();

    await blocked.cancel();
    const { status, report } = await awaitClosing(blocked);
    expect([status, report.outcome]).toEqual(['Canceled', 'Cancelled']);
    expect(await harness.stack.api.find(toNodePath(pool.nodeName))).toMatchObject({
      spec: expect.not.objectContaining({ unschedulable: true }),
    });
    expect(Date.now() - startedAt).toBeLessThan(45_000);
  });

  it('refuses a request for a cluster that no worker serves within a minute, and the node stays as it was', async () => {
    const { exitCode, stdout } = await unserved;
    expect(exitCode).toBe(3);
    expect(stdout).toContain('Refused: no worker serves cluster "default"');
    const description = await harness.client.workflow.getHandle(toTaskWorkflowId('default', 'unserved')).describe();
    expect(Number(description.closeTime) - Number(description.startTime)).toBeLessThan(60_000);
    const { metadata, spec } = (await harness.stack.api.find(toNodePath('free-1'))) ?? {};
    expect([
      toTaskMarks({ metadata } as KubernetesObject),
      (spec as { unschedulable?: boolean }).unschedulable,
    ]).toEqual([[], undefined]);
  });

  it('reports with doctor which clusters no worker serves', async () => {
    const { stdout } = await harness.runCli(['doctor', '--no-hosts']);
    expect(stdout).toContain('FAIL workers of cluster default: none on task queue node-decommission/default');
  });

  it('gives requests to workers of a version with the command that doctor names', async () => {
    const { client, stack } = harness;
    const { address, namespace } = stack.temporal;
    const path = await startWorkerOf('north', { deployment: { name: 'drains', buildId: '0.2.0' } });
    const diagnose = async (): Promise<string> => {
      const { stdout } = await harness.runCli(['doctor', '--no-hosts'], {
        environment: { NODE_DECOMMISSION_CONFIG: path },
      });
      return stdout;
    };
    const found = await awaitCondition('the worker polls', async () => {
      const stdout = await diagnose();
      return stdout.includes('none on task queue') ? undefined : stdout;
    });
    const refused =
      'FAIL workers of cluster north: requests for this cluster are refused: its workers are of version drains:0.2.0';
    expect(found).toContain(refused);
    const [, command = ''] = /`temporal (worker deployment set-current-version [^`]+)`/.exec(found) ?? [];
    expect(command).toContain(`--namespace ${namespace} `);
    const words = [...command.split(' '), '--yes', '--address', address];
    // Refused until every task queue has been seen.
    await awaitCondition('the version is current', async () => {
      const { exitCode } = await runProgram(stack.programs.temporal, stack.directory, '', words);
      return exitCode === 0;
    });
    const lines = (await diagnose()).split('\n');
    expect(lines).toContain('ok   worker versions: drains:0.2.0 is current');
    expect(lines).toContainEqual(expect.stringMatching(/^ok {3}workers of cluster north: .* \(drains:0\.2\.0\)$/));

    const run = await start('north', 'free-1');
    expect((await awaitClosing(run)).report.outcome).toBe('Decommissioned');
    for (const workflowId of [toTaskWorkflowId('north', 'free-1'), toNodeWorkflowId('north', 'free-1')]) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      const version = raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion;
      expect(version).toMatchObject({ deploymentName: 'drains', buildId: '0.2.0' });
    }
  });
});
