import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../../src/domain/run/search-attributes.ts';
import { failure, target, type TaskScript } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open({
  serverArguments: SEARCH_ATTRIBUTES.map((name) => `--search-attribute=${name}=Keyword`),
});
afterAll(() => stage.close());

const createScript = (...pods: Parameters<typeof target>[0][]): TaskScript => {
  const script = stage.createScript({ 'node-1': pods.map((name) => target(name)) });
  script.searchAttributes = SEARCH_ATTRIBUTES;
  return script;
};

const readAttributes = async (handle: WorkflowHandle): Promise<Readonly<Record<string, unknown>>> => {
  const { typedSearchAttributes } = await handle.describe();
  const ours = typedSearchAttributes.getAll().filter(({ key }) => SEARCH_ATTRIBUTES.some((name) => name === key.name));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name.replace('Decommission', ''), value]));
};

/** Visibility lags by a moment. */
const awaitFound = async (query: string, workflowIds: readonly string[]): Promise<void> => {
  for (;;) {
    const found: string[] = [];
    for await (const { workflowId } of stage.client.workflow.list({ query })) found.push(workflowId);
    if (JSON.stringify(found.sort()) === JSON.stringify([...workflowIds].sort())) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

describe('search attributes that are registered', () => {
  it.concurrent('show cluster, task, node, phase and outcome of task and node', async () => {
    const script = createScript('web-1');
    const { cluster } = script;
    const eviction = script.hold('evictPod');
    const task = await stage.startTask(script, ['node-1']);
    const node = stage.childOf(script, 'node-1');
    await eviction.reached;
    const same = { Cluster: cluster, Task: '42', Node: 'node-1' };
    expect(await readAttributes(task)).toEqual({ ...same, Phase: 'Draining' });
    expect(await readAttributes(node)).toEqual({ ...same, Phase: 'Draining' });
    eviction.release();
    await stage.awaitEnding(task);
    expect(await readAttributes(task)).toEqual({ ...same, Phase: 'Closed', Outcome: 'Decommissioned' });
    expect(await readAttributes(node)).toEqual({ ...same, Phase: 'Closed', Outcome: 'Decommissioned' });
    await stage.expectNoFailedTasks(task);
  });

  it.concurrent('change only with the phase: messages and pods add nothing to the history', async () => {
    const script = createScript('web-1', 'web-2', 'web-3');
    const task = await stage.startTask(script, ['node-1']);
    await stage.awaitEnding(task);
    const upserts = 'EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES';
    expect(await stage.countEvents(stage.childOf(script, 'node-1'), upserts)).toBe(3);
    expect(await stage.countEvents(task, upserts)).toBeLessThanOrEqual(5);
  });

  it.concurrent('name no node in a task of several', async () => {
    const script = createScript();
    const task = await stage.startTask(script, ['node-1', 'node-2']);
    await stage.awaitEnding(task);
    expect(await readAttributes(task)).not.toHaveProperty('Node');
    expect(await readAttributes(stage.childOf(script, 'node-2'))).toMatchObject({ Node: 'node-2' });
  });

  it.concurrent('find a parked run with one query, until it is resumed', async () => {
    const script = createScript();
    script.fail('awaitNodeStaysGone', failure('NodeCameBack', 'its kubelet still runs.'), 1);
    const task = await stage.startTask(script, ['node-1']);
    await stage.awaitStatus(task, ({ phase }) => phase === 'NeedsOperator');
    const query = `DecommissionPhase = 'NeedsOperator' AND DecommissionCluster = '${script.cluster}'`;
    await awaitFound(query, [task.workflowId, stage.childOf(script, 'node-1').workflowId]);
    expect(await readAttributes(task)).toMatchObject({ Outcome: 'NeedsOperator' });
    await task.executeUpdate('resume', { args: [{ by: 'ann', reason: 'fixed' }] });
    await stage.awaitEnding(task);
    await awaitFound(query, []);
    expect(await readAttributes(task)).toMatchObject({ Phase: 'Closed', Outcome: 'Decommissioned' });
  });

  it.concurrent('show a node that was started directly, and a pause', async () => {
    const script = createScript('web-1');
    const eviction = script.holdUntilCancelled('evictPod');
    const node = await stage.startByItself(script, 'node-1', { deleteNode: false });
    await eviction.reached;
    await node.executeUpdate('pause', { args: [{ by: 'ann', reason: 'the shop is open' }] });
    expect(await readAttributes(node)).toMatchObject({ Node: 'node-1', Phase: 'Paused' });
    await node.executeUpdate('resume', { args: [{ by: 'ann', reason: 'closed' }] });
    await stage.awaitEnding(node);
  });
});

describe('search attributes that are not registered', () => {
  it.concurrent('are never written: that would fail every workflow task', async () => {
    const script = stage.createScript();
    script.searchAttributes = ['DecommissionCluster'];
    const task = await stage.startTask(script, ['node-1']);
    await stage.awaitEnding(task);
    expect(await readAttributes(task)).toEqual({ Cluster: script.cluster });
    await stage.expectNoFailedTasks(task);
  });
});
