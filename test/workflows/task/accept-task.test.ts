import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

describe('acceptTask', () => {
  it.concurrent('refuses a cluster that no worker serves within a minute, and changes nothing', async () => {
    const script = stage.createScript();
    script.isServed = false;
    const startedAt = Date.now();
    const handle = await stage.startTask(script, ['node-1']);
    const { closedAs, failureType, report } = await stage.awaitEnding(handle);
    expect(Date.now() - startedAt).toBeLessThan(60_000);
    expect([closedAs, failureType]).toEqual(['FAILED', 'Refused']);
    expect(report).toMatchObject({ outcome: 'Refused', undo: [] });
    expect(report.message).toBe(
      `no worker serves cluster "${script.cluster}": none took work from task queue node-decommission/${script.cluster} for 30 s. ` +
        'Nothing was changed. Correct `cluster`, or start a worker whose configuration names this cluster, then start again.',
    );
    expect(script.calls).toEqual([]);
    await stage.expectNoFailedTasks(handle);
  });

  it.concurrent('refuses an invalid request at once, whichever cluster it names', async () => {
    const script = stage.createScript();
    script.isServed = false;
    const handle = await stage.startTask(script, ['node-1'], { nodeNamez: 1 });
    expect((await stage.awaitEnding(handle)).failureType).toBe('InvalidInput');
  });

  it.concurrent('waits for a worker of its cluster that starts a moment later', async () => {
    const script = stage.createScript();
    script.isServed = false;
    const handle = await stage.startTask(script, ['node-1']);
    await stage.awaitHistory(handle, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED', 2);
    await stage.serve(script);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  });

  it.concurrent('runs each activity on the queue of its cluster, evictions on a queue of their own', async () => {
    const script = stage.createScript({ 'node-1': [target('web-1')] });
    const task = await stage.startTask(script, ['node-1']);
    await stage.awaitEnding(task);
    const scheduled = [
      ...(await stage.readScheduled(task)),
      ...(await stage.readScheduled(stage.childOf(script, 'node-1'))),
    ];
    const queuesOf = (name: string): readonly string[] => [
      ...new Set(scheduled.filter((each) => each.name === name).map(({ taskQueue }) => taskQueue)),
    ];
    const own = `node-decommission/${script.cluster}`;
    expect(queuesOf('checkRequest')).toEqual(['node-decommission']);
    expect(queuesOf('acceptRequest')).toEqual([own]);
    expect(queuesOf('deleteNode')).toEqual([own]);
    expect(queuesOf('evictPod')).toEqual([`${own}/waits`]);
    expect(new Set(scheduled.map(({ taskQueue }) => taskQueue))).toEqual(
      new Set(['node-decommission', own, `${own}/waits`]),
    );
  });
});
