import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { leaveTurn } from '../../../src/activities/turns/leave-turn.ts';
import { takeTurns } from '../../../src/activities/turns/take-turns.ts';
import { LOCK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import { readTurn } from '../../../src/domain/fleet/read-turns.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { node } from '../../builders/node.ts';
import { CLUSTER_IDENTITY, FakeCluster } from '../../fakes/fake-cluster.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';
import { beatUntil } from '../beat-until.ts';
import { blockTurns, BUSY } from '../blocked-turns.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

const ANN = { by: 'ann', reason: 'the shop is open' };
const TURNS = ['takeTurns', 'leaveTurn'] as const;

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const createScript = (pods: Parameters<WorkflowHarness['createScript']>[0] = {}): TaskScript => {
  const script = stage.createScript(pods);
  script.takesTurns = true;
  return script;
};

describe('a task that waits for other tasks', () => {
  it.concurrent('asks for a turn before each node, and starts none without', async () => {
    const script = createScript();
    const open = blockTurns(script);
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    const status = await stage.awaitStatus(handle, ({ waits }) => waits?.startsWith(BUSY) === true);
    expect(status.waits).toBe(`${BUSY}; 1 node waits: 1 of 1 node runs`);
    expect(script.callsOf('readDrainState')).toEqual([]);
    open();
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf(...TURNS)).toEqual(['takeTurns node-1', 'takeTurns node-1', 'takeTurns node-2']);
  });

  it.concurrent('makes no call for it without a limit', async () => {
    const script = stage.createScript();
    await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect(script.callsOf(...TURNS)).toEqual([]);
  });

  it.concurrent('pauses at once, ends the turn that it asked for, and asks again after the resume', async () => {
    const script = createScript();
    const open = blockTurns(script);
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(handle, ({ waits }) => waits === BUSY);
    await handle.executeUpdate('pause', { args: [ANN] });
    const paused = await stage.awaitStatus(handle, () => script.callsOf('leaveTurn').length > 0);
    expect([paused.phase, paused.waits]).toEqual(['Paused', '1 node waits: the task is paused']);
    open();
    await handle.executeUpdate('resume', { args: [ANN] });
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf('leaveTurn')).toEqual(['leaveTurn node-1']);
  });

  it.concurrent('is cancelled at once, and undoes its changes', async () => {
    const script = createScript();
    blockTurns(script);
    const handle = await stage.startTask(script, ['node-1', 'node-2']);
    await stage.awaitStatus(handle, ({ waits }) => waits?.startsWith(BUSY) === true);
    await handle.cancel();
    const { closedAs, report } = await stage.awaitEnding(handle);
    expect([closedAs, report.outcome]).toEqual(['CANCELLED', 'Cancelled']);
    expect(script.callsOf('readDrainState')).toEqual([]);
    expect(script.callsOf('releaseNodeLock').toSorted()).toEqual(['releaseNodeLock node-1', 'releaseNodeLock node-2']);
  });

  it.concurrent('asks also for a node without a task', async () => {
    const script = createScript();
    const handle = await stage.startByItself(script, 'node-1');
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
    expect(script.callsOf(...TURNS)).toEqual(['takeTurns node-1']);
  });

  it.concurrent('ends a node for which no turn can be taken', async () => {
    const script = createScript();
    script.fail('takeTurns', failure('Forbidden', 'nodes cannot be patched.'));
    const { failureType, report } = await stage.awaitEnding(await stage.startTask(script, ['node-1']));
    expect([failureType, report.nodes[0]?.failure?.message]).toEqual(['RolledBack', 'nodes cannot be patched.']);
    expect(script.callsOf('readDrainState')).toEqual([]);
  });

  it.concurrent('ends the turn of a node that failed and keeps its lock while others run', async () => {
    const script = createScript({ 'node-1': [target('web-1')] });
    const other = script.hold('confirmDrained', 'node-2');
    script.fail('evictPod', failure('EvictionRefused', 'the API server refused.'), 1, 'web-1');
    const handle = await stage.startTask(script, ['node-1', 'node-2'], { maxConcurrentNodes: 2 });
    await other.reached;
    await stage.awaitStatus(handle, () => script.callsOf('leaveTurn').length > 0);
    expect(script.callsOf('releaseNodeLock')).toEqual([]);
    other.release();
    await stage.awaitEnding(handle);
    expect(script.callsOf('leaveTurn')).toEqual(['leaveTurn node-1']);
  });
});

/** One cluster that two tasks see under different names, with their nodes and a limit. */
class SharedCluster {
  readonly cluster: FakeCluster;
  readonly #directory = new FakeWorkflowDirectory();
  readonly #limit: number;

  constructor(nodeNames: readonly string[], limit: number) {
    this.cluster = new FakeCluster({ nodes: nodeNames.map((name) => node({ name, unschedulable: true })) });
    this.#limit = limit;
  }

  /** The task's lock, its turns, and the deletion of its Nodes take place in this cluster. */
  join(script: TaskScript): void {
    const clusters = new Map<string, Cluster>([[script.cluster, this.cluster]]);
    const maxConcurrentNodes = new Map([[script.cluster, this.#limit]]);
    const dependencies = {
      ...activityDependencies(this.cluster),
      clusters,
      directory: this.#directory,
      maxConcurrentNodes,
    };
    const toTarget = (nodeName: string) => ({ nodeName, nodeUid: `uid-${nodeName}`, machineID: '' });
    script.wrap('acquireNodeLock', () => ({ holder }, { nodeName }) => {
      this.#directory.holderStates.set(holder.workflowId, 'open');
      const found = this.cluster.nodes.find(nodeName)!;
      this.cluster.nodes.store({ ...found, annotations: { [LOCK_ANNOTATION]: toLockText(holder) } });
      return Promise.resolve();
    });
    script.wrap('takeTurns', () => async (context, request) => {
      const targets = request.targets.map(({ nodeName }) => toTarget(nodeName));
      const taking = takeTurns(dependencies)(
        { ...context, clusterIdentity: CLUSTER_IDENTITY },
        { ...request, targets },
      );
      await beatUntil(taking.then(() => undefined));
      return await taking;
    });
    script.wrap(
      'leaveTurn',
      () => (context, each, keepsPlace) =>
        leaveTurn(dependencies)({ ...context, clusterIdentity: CLUSTER_IDENTITY }, toTarget(each.nodeName), keepsPlace),
    );
    script.wrap('deleteNode', (standard) => async (context, each, ...rest) => {
      this.cluster.nodes.remove(this.cluster.nodes.find(each.nodeName)!);
      return await standard(context, each, ...rest);
    });
  }

  get inWork(): readonly string[] {
    return this.cluster.nodes.all.filter((each) => readTurn(each)?.state === 'working').map(({ name }) => name);
  }
}

describe('two tasks at once', () => {
  it.concurrent('work on as many nodes together as the limit of their cluster allows, and both end', async () => {
    const names = [1, 2, 3, 4, 5, 6].map((index) => `node-${index}`);
    const shared = new SharedCluster(names, 2);
    const working = new Set<string>();
    let most = 0;
    const scripts = [createScript(), createScript()];
    for (const script of scripts) {
      shared.join(script);
      script.wrap('readDrainState', (standard) => async (context, request, each) => {
        working.add(each.nodeName);
        most = Math.max(most, working.size);
        return await standard(context, request, each);
      });
      script.wrap('deleteNode', (standard) => async (context, each, ...rest) => {
        working.delete(each.nodeName);
        return await standard(context, each, ...rest);
      });
    }
    const [one, other] = await Promise.all(
      scripts.map((script, index) =>
        stage.startTask(script, names.slice(3 * index, 3 * index + 3), {
          maxConcurrentNodes: 3,
          taskId: String(index),
        }),
      ),
    );
    const endings = await Promise.all([stage.awaitEnding(one!), stage.awaitEnding(other!)]);
    expect(endings.map(({ report }) => report.outcome)).toEqual(['Decommissioned', 'Decommissioned']);
    expect(most).toBe(2);
    expect(shared.inWork).toEqual([]);
  });
});
