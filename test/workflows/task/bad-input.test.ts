import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { RawValue, type Payload } from '@temporalio/common';
import type { DecommissionReport } from '../../../src/domain/run/report.ts';
import { target } from '../task-script.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from '../workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);
const stage = await WorkflowHarness.open();
afterAll(() => stage.close());

const payload = (encoding: string, text: string): RawValue =>
  RawValue.fromPayload({
    metadata: { encoding: new TextEncoder().encode(encoding) },
    data: new TextEncoder().encode(text),
  } satisfies Payload);

const good = { nodeNames: ['node-1'], taskId: '42', hostCleanup: 'skip' };
const nodeInput = {
  kind: 'nodeOrder',
  task: { request: good },
  node: { nodeName: 'node-1', nodeUid: 'uid' },
  steps: [],
};
const continued = {
  kind: 'continuedTask',
  task: { request: good, context: {} },
  plan: {},
  undo: [],
  steps: [],
  reports: [],
};

const bad: [string, unknown[], RegExp][] = [
  ['no argument', [], /is invalid, and nothing was changed/],
  ['two arguments', [good, { force: true }], /exactly one argument, not 2/],
  ['null', [null], /is invalid/],
  ['a text', ['node-1'], /is invalid/],
  ['a list', [['node-1']], /is invalid/],
  ['an unknown key', [{ ...good, nodeName: 'node-1' }], /nodeNames/],
  ['a node input as a task passes it', [nodeInput], /kind/],
  ['the state of a continued task', [continued], /kind/],
  ['text in an unknown encoding', [payload('binary/encrypted', 'x')], /is invalid/],
  ['text that is no JSON', [payload('json/plain', '{"nodeNames": [')], /is invalid/],
  ['json/protobuf that is no JSON', [payload('json/protobuf', '<nodes>')], /is invalid/],
];

describe.each(['decommissionNodes', 'decommissionNode'])('%s', (workflowType) => {
  it.concurrent.each(bad)('fails as InvalidInput when started with %s', async (_name, args, message) => {
    const script = stage.createScript();
    const handle = await stage.startRaw(script, workflowType, args);
    const { closedAs, failureType, report } = await stage.awaitEnding(handle);
    expect([closedAs, failureType]).toEqual(['FAILED', 'InvalidInput']);
    expect(report).toMatchObject({
      version: 1,
      outcome: 'InvalidInput',
      nodes: [],
      undo: [],
    } satisfies Partial<DecommissionReport>);
    expect(report.message).toMatch(message);
    expect(script.calls.filter((call) => call !== 'acceptRequest')).toEqual([]);
    await stage.expectNoFailedTasks(handle);
  });

  it.concurrent('reads the json/protobuf that the Temporal UI can send', async () => {
    const script = stage.createScript();
    const request = JSON.stringify({ ...good, cluster: script.cluster, dryRun: true });
    const handle = await stage.startRaw(script, workflowType, [payload('json/protobuf', request)]);
    expect((await stage.awaitEnding(handle)).report.outcome).toBe('DryRun');
  });
});

it.concurrent('an unknown workflow type fails as InvalidInput and names the known ones', async () => {
  const script = stage.createScript();
  const handle = await stage.startRaw(script, 'drainNode', [good]);
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'InvalidInput', message: expect.stringContaining('start decommissionNodes or decommissionNode') },
  });
  await stage.expectNoFailedTasks(handle);
});

it.concurrent('signals with invalid content change nothing and stop nothing', async () => {
  const script = stage.createScript({ 'node-1': [target('web-1')] });
  const eviction = script.hold('evictPod');
  const handle = await stage.startTask(script, ['node-1']);
  await eviction.reached;
  const child = stage.childOf(script, 'node-1');
  for (const argument of [undefined, null, 'x', 7, [7], { by: 1 }, payload('binary/encrypted', 'x')]) {
    await handle.signal('nodeParked', argument);
    for (const name of ['pauseNode', 'resumeNode', 'drainPicture']) await child.signal(name, argument);
  }
  await handle.signal('nodeParked', { nodeName: 'node-2', message: 'not the running child' });
  await child.signal('notOurs', 1);
  expect((await stage.awaitStatus(child, () => true)).phase).toBe('Draining');
  expect((await stage.awaitStatus(handle, () => true)).phase).toBe('Draining');
  eviction.release();
  expect((await stage.awaitEnding(handle)).report.outcome).toBe('Decommissioned');
  await stage.expectNoFailedTasks(handle);
  await stage.expectNoFailedTasks(child);
});
