import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Taint } from '../../src/domain/cluster/facts.ts';
import { readJoinedReport } from '../../src/client/closed-report.ts';
import { OUT_OF_SERVICE } from '../../src/domain/node/out-of-service.ts';
import type { JoinedStatus } from '../../src/client/join-status.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import { deployment } from '../../stack/cluster-fixtures/workloads.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { itInLongRun } from '../long-run.ts';
import { boundVolume, finishDetachment, letControllerAttach, mountAttached } from './harness/attached-volume.ts';
import { awaitStatusText } from './harness/await-status.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { toAcceptedEvictions, toRepeatedUids } from './harness/evictions.ts';
import { startHarness, type CliResult, type Harness, type Run } from './harness/harness.ts';
import { createNodePool, inPool } from './harness/node-pool.ts';
import { readPodsOnNode } from './harness/pods-on-node.ts';
import { awaitNodeGone, awaitStep } from './harness/progress.ts';

/** A dead Node; and Nodes that re-register, as when their kubelet is restarted, while the run verifies that they do not. */
describe('a run that needs an operator', () => {
  let harness: Harness;
  let dead: Run;
  /** Path of its VolumeAttachment. */
  let attachment: string;
  /** The same node without the request's consent. */
  let refused: Closing;

  beforeAll(async () => {
    harness = await startHarness({ waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 8 } });
    await harness.stack.createNodes([{ name: 'undead' }, { name: 'replaced' }]);
    const pool = await createNodePool(harness.stack, 'dead', async (namespace) => {
      await letControllerAttach(harness.stack, namespace);
      const pod = inPool(namespace, { behavior: { termination: 'never' }, claimName: 'data' });
      await harness.stack.apply([...boundVolume(namespace), deployment({ namespace, name: 'web', replicas: 2, pod })]);
      await harness.stack.awaitPodsReady(namespace, '', 2);
      attachment = await mountAttached(harness.stack, namespace, namespace);
    });
    await stopReporting(pool.nodeName);
    await harness.startWorker();
    refused = await awaitClosing(await harness.start({ nodeNames: ['dead'], hostCleanup: 'skip' }));
    const request = { nodeNames: ['dead'], deadNode: 'outOfService', gracePeriodSeconds: 1, hostCleanup: 'skip' };
    dead = await harness.start({ ...request, taskId: 'dead' });
  });

  afterAll(async () => {
    await harness.stop();
  });

  const cli = async (...words: readonly string[]): Promise<CliResult> => await harness.runCli(words);

  /** As the node lifecycle controller does it, 50 s after the last heartbeat. */
  const stopReporting = async (nodeName: string): Promise<void> => {
    const at = new Date().toISOString();
    const ready = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting' };
    const condition = { ...ready, lastHeartbeatTime: at, lastTransitionTime: at };
    await harness.stack.api.patch(`/api/v1/nodes/${nodeName}/status`, { status: { conditions: [condition] } });
  };

  it('is refused for a dead node without consent, with since when it is not Ready and what makes it safe', () => {
    expect(refused).toMatchObject({ type: 'Refused', report: { outcome: 'Refused' } });
    expect(refused.message).toMatch(/node dead is not Ready since \S+, so 2 pods cannot terminate/);
    expect(refused.message).toMatch(/powered off.*set deadNode: outOfService/);
    expect(refused.message).not.toContain('preflight: warn');
  });

  /** The rows below do not wait for it: the cluster deletes such pods every 20 s. */
  it('on a dead node, it waits until an operator confirms that its machine is powered off', async () => {
    await awaitStatusText(harness, dead, '--machine-is-off dead');
    expect(await findTaint('dead', OUT_OF_SERVICE.key)).toBeUndefined();
    const pods = await readPodsOnNode(harness.stack, 'dead');
    expect(pods.map(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([true, true]);
    const words = ['approve', 'dead', '--by', 'ops', '--reason', 'rack 3 has no power'];

    const unconfirmed = await cli(...words);
    const confirmed = await cli(...words, '--machine-is-off', 'dead');

    expect([unconfirmed.exitCode, unconfirmed.stderr]).toEqual([1, expect.stringContaining('--machine-is-off dead')]);
    expect(confirmed.exitCode).toBe(0);
    await awaitCondition(
      'the node is marked out of service',
      async () => (await findTaint('dead', OUT_OF_SERVICE.key))?.value === 'dead',
    );
  });

  it('past the point of no return, it reports what to do, and proceeds after `resume`', async () => {
    const { api } = harness.stack;
    const started = await cli('start', 'undead', '--task-id', 'undead', '--host-cleanup', 'skip');
    expect(started.exitCode).toBe(0);
    const watching = cli('watch', 'undead');
    await awaitNodeGone(harness, 'undead');
    await api.create('/api/v1/nodes', node({ name: 'undead' }));

    const watched = await watching;
    expect(watched.exitCode).toBe(4);
    expect(watched.stdout).toContain('registered as node undead again');
    const status = await cli('status', 'undead');
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toContain(
      'Stop and disable the kubelet on the host, and delete the Node. Then `resume` the run.',
    );
    const json = JSON.parse((await cli('status', 'undead', '-o', 'json')).stdout) as JoinedStatus;
    expect(json).toMatchObject({ phase: 'NeedsOperator', outcome: 'NeedsOperator' });
    expect((await cli('list')).stdout).toMatch(/^undead +default +undead +Running, NeedsOperator /m);

    // Resumed without a fix, it parks again.
    expect((await cli('resume', 'undead', '--by', 'ops', '--reason', 'hope')).exitCode).toBe(0);
    await awaitCondition('it is parked again', async () => {
      const { exitCode } = await cli('watch', 'undead');
      return exitCode === 4;
    });

    await api.delete('/api/v1/nodes/undead');
    expect((await cli('resume', 'undead', '--by', 'ops', '--reason', 'kubelet stopped')).exitCode).toBe(0);
    expect((await cli('watch', 'undead')).exitCode).toBe(0);
    const report = await cli('report', 'undead');
    expect(report.stdout).toMatch(/^Decommissioned: /);
    expect(report.stdout).toContain('was parked: the same machine registered as node undead again');
  });

  itInLongRun('leaves another machine with the same name alone, and reports it', async () => {
    const { api } = harness.stack;
    expect((await cli('start', 'replaced', '--task-id', 'replaced', '--host-cleanup', 'skip')).exitCode).toBe(0);
    await awaitNodeGone(harness, 'replaced');
    const { status, ...replacement } = node({ name: 'replaced' }) as KubernetesObject & {
      status: { nodeInfo: object };
    };
    const nodeInfo = { ...status.nodeInfo, machineID: 'f'.repeat(32) };
    const created = await api.create('/api/v1/nodes', { ...replacement, status: { ...status, nodeInfo } });

    const watched = await cli('watch', 'replaced');
    expect(watched.exitCode).toBe(0);
    const report = await cli('report', 'replaced');
    expect(report.stdout).toMatch(/^Decommissioned: /);
    expect(report.stdout).toContain('another machine registered as node replaced');
    const left = await api.read('/api/v1/nodes/replaced');
    expect([left.metadata.uid, left.spec?.['unschedulable']]).toEqual([created.metadata.uid, undefined]);
  });

  it('deletes a dead node once the cluster has deleted its pods and detached its volume without its kubelet', async () => {
    const { stack } = harness;
    await awaitStep(harness, dead, 'dead', 'detach');
    // Of a node that is not out of service, the controller waits six minutes for the kubelet to unmount it.
    await awaitCondition('the controller detaches the volume by force', async () => {
      const { metadata } = await stack.api.read(attachment);
      return metadata.deletionTimestamp !== undefined;
    });
    const { status } = await stack.api.read('/api/v1/nodes/dead');
    expect(status?.['volumesInUse']).toHaveLength(1);
    await finishDetachment(stack, attachment);
    const { report } = await awaitClosing(dead);

    expect(report.outcome).toBe('Decommissioned');
    const [node] = (await readJoinedReport(harness.client, report)).nodes;
    expect(node?.steering).toMatchObject([{ action: 'approve', point: 'machineIsOff', by: 'ops' }]);
    expect(node?.notes.join()).toMatch(
      /ops confirmed at \S+ \(rack 3 has no power\) that the machine of node dead is /,
    );
    expect(node?.pods.map(({ outcome }) => outcome)).toEqual(['Evicted', 'Evicted']);
    expect(toRepeatedUids(toAcceptedEvictions(harness.stack.auditEvents()))).toEqual([]);
    expect(await harness.stack.api.find('/api/v1/nodes/dead')).toBeUndefined();
  });

  const findTaint = async (nodeName: string, key: string): Promise<Taint | undefined> => {
    const { spec } = await harness.stack.api.read(`/api/v1/nodes/${nodeName}`);
    return ((spec?.['taints'] ?? []) as readonly Taint[]).find((taint) => taint.key === key);
  };
});
