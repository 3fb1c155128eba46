import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JoinedStatus } from '../../src/client/join-status.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { node } from '../../stack/cluster-fixtures/node.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { startHarness, type CliResult, type Harness } from './harness/harness.ts';
import { awaitNodeGone } from './harness/progress.ts';

/** A Node that re-registers, as when its kubelet is restarted, while the run verifies that it does not. */
describe('past the point of no return', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ waits: { settleSeconds: 0.5, emptyTwiceSeconds: 0.5, staysGoneSeconds: 8 } });
    await harness.stack.createNodes([{ name: 'undead' }, { name: 'replaced' }]);
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  const cli = async (...words: readonly string[]): Promise<CliResult> => await harness.runCli(words);

  it('a run waits for an operator, reports what to do, and proceeds after `resume`', async () => {
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

  it('a run leaves another machine with the same name alone, and reports it', async () => {
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
});
