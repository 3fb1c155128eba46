import { describe, expect, it } from '@jest/globals';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { cancelDecommission, toCancelAnswer } from '../../src/client/cancel-decommission.ts';
import type { PointOfNoReturn } from '../../src/domain/run/point-of-no-return.ts';

const TASK = 'decommission/default/task/42';
const CHILD = 'decommission/default/node/node-1';
const BY = { by: 'ann', reason: 'not today' };

const point = (overrides: Partial<PointOfNoReturn> = {}): PointOfNoReturn => ({
  what: 'stopping the kubelet of node node-1',
  at: '2026-01-02T03:04:05.000Z',
  nodeName: 'node-1',
  laterNodeNames: [],
  ...overrides,
});

interface Scene {
  readonly taskStatus?: string;
  readonly taskMemo?: object;
  /** Absent: closed since the task was read. */
  readonly childMemo?: object;
  /** Of the child once the cancellation is sent. */
  readonly childMemoAfter?: object;
  /** Build id of the workers to which the child is pinned. */
  readonly pinnedTo?: string;
  /** Number of the read of the child that first finds the cancellation; absent: the server does not report it. */
  readonly receivedAtRead?: number;
}

const toPin = ({ pinnedTo }: Scene): object => {
  const { VERSIONING_BEHAVIOR_PINNED: behavior } = proto.temporal.api.enums.v1.VersioningBehavior;
  const deploymentVersion = { deploymentName: 'drains', buildId: pinnedTo };
  return pinnedTo === undefined ? {} : { workflowExecutionInfo: { versioningInfo: { behavior, deploymentVersion } } };
};

/** A server with one task and its child; every cancellation is recorded. */
const serverWith = (scene: Scene): { readonly client: Client; readonly sent: object[] } => {
  const sent: object[] = [];
  let reads = 0;
  const describeRun = (workflowId: string): Promise<object> => {
    const { taskStatus = 'RUNNING', taskMemo = {}, childMemo, childMemoAfter } = scene;
    const raw = { pendingChildren: [{ workflowId: CHILD }], workflowExecutionInfo: { firstRunId: 'run-0' } };
    if (workflowId === TASK) {
      return Promise.resolve({ workflowId, runId: 'run-1', status: { name: taskStatus }, memo: taskMemo, raw });
    }
    reads += 1;
    const { receivedAtRead } = scene;
    const isReceived = sent.length > 0 && reads >= (receivedAtRead ?? 0);
    const memo = isReceived ? (childMemoAfter ?? childMemo) : childMemo;
    const received = receivedAtRead === undefined ? {} : { workflowExtendedInfo: { cancelRequested: isReceived } };
    if (memo === undefined) return Promise.reject(new WorkflowNotFoundError('gone', workflowId, undefined));
    return Promise.resolve({
      workflowId,
      runId: 'run-2',
      status: { name: 'RUNNING' },
      memo,
      raw: { ...received, ...toPin(scene) },
    });
  };
  const client = {
    options: { namespace: 'default', identity: 'test' },
    workflow: { getHandle: (workflowId: string) => ({ describe: () => describeRun(workflowId) }) },
    workflowService: {
      requestCancelWorkflowExecution: (request: object) => {
        sent.push(request);
        return Promise.resolve({});
      },
      describeTaskQueue: () => Promise.resolve({ pollers: [{ identity: 'worker-1' }] }),
    },
  };
  return { client: client as unknown as Client, sent };
};

describe('cancelDecommission', () => {
  it.each<[string, Scene]>([
    ['no node is past its point of no return', { childMemo: {} }],
    ['the running node has just closed', {}],
    ['the memo has another content', { childMemo: { pointOfNoReturn: 'yes' } }],
  ])('sends the request with who and why when %s', async (_name, scene) => {
    const { client, sent } = serverWith(scene);
    expect(await cancelDecommission(client, TASK, BY)).toEqual({ continuing: [], undoneNodeNames: [] });
    expect(sent).toMatchObject([
      {
        workflowExecution: { workflowId: TASK },
        firstExecutionRunId: 'run-0',
        reason: 'ann: not today',
        identity: 'test',
      },
    ]);
  });

  it('names the node whose undo no worker begins', async () => {
    const { client, sent } = serverWith({ childMemo: {}, pinnedTo: '1' });
    const { obstacle } = await cancelDecommission(client, TASK, BY);
    expect(obstacle).toMatch(
      /^the run is pinned to version drains:1, and no worker of it polls\..*--workflow-id decommission\/default\/node\/node-1 /,
    );
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Scene, string]>([
    [
      'its node',
      { childMemo: { pointOfNoReturn: point() } },
      'stopping the kubelet of node node-1 began at 2026-01-02T03:04:05.000Z, which cannot be undone.',
    ],
    [
      'the task itself',
      { taskMemo: { pointOfNoReturn: point({ what: 'finishing the task after its last node' }) } },
      'finishing the task after its last node began at',
    ],
  ])('sends nothing when %s is past the point of no return', async (_name, scene, reason) => {
    const { client, sent } = serverWith(scene);
    await expect(cancelDecommission(client, TASK, BY)).rejects.toMatchObject({
      name: 'CannotCancelError',
      code: 'CannotCancel',
      message: expect.stringMatching(new RegExp(`${reason}.* Nothing was sent; .*\`resume\` it\\.$`)) as unknown,
    });
    expect(sent).toEqual([]);
  });

  it('sends it for the nodes that are not started, and names them', async () => {
    const passed = point({ laterNodeNames: ['node-2', 'node-3'] });
    const { client, sent } = serverWith({ childMemo: { pointOfNoReturn: passed } });
    expect(await cancelDecommission(client, TASK, BY)).toEqual({
      continuing: [passed],
      undoneNodeNames: ['node-2', 'node-3'],
    });
    expect(sent).toHaveLength(1);
  });

  it('reports a point of no return that was passed while it was sent', async () => {
    const { client, sent } = serverWith({ childMemo: {}, childMemoAfter: { pointOfNoReturn: point() } });
    await expect(cancelDecommission(client, TASK, BY)).rejects.toMatchObject({
      code: 'CannotCancel',
      message: expect.stringContaining('The cancellation was sent at that moment and has no effect') as unknown,
    });
    expect(sent).toHaveLength(1);
  });

  it('waits until the node has received it: until then it may pass its point of no return', async () => {
    const { client } = serverWith({ childMemo: {}, childMemoAfter: { pointOfNoReturn: point() }, receivedAtRead: 3 });
    await expect(cancelDecommission(client, TASK, BY)).rejects.toMatchObject({ code: 'CannotCancel' });
  });

  it('refuses a closed workflow', async () => {
    const { client, sent } = serverWith({ taskStatus: 'COMPLETED' });
    await expect(cancelDecommission(client, TASK, BY)).rejects.toMatchObject({ code: 'MessageRefused' });
    expect(sent).toEqual([]);
  });
});

describe('toCancelAnswer', () => {
  const later = point({ laterNodeNames: ['node-3'] });

  it.each<[string, readonly PointOfNoReturn[], readonly string[], readonly string[]]>([
    ['no node is past its point of no return: all are undone', [], ['node-1', 'node-2'], []],
    ['another node runs and can be undone', [point()], ['node-2'], ['node-2']],
    ['others run and wait', [later], ['node-2'], ['node-2', 'node-3']],
    ['one of those that waited runs by now', [later], ['node-3'], ['node-3']],
    [
      'one passed it while the request was sent',
      [point(), point({ nodeName: 'node-2', laterNodeNames: ['node-1', 'node-3'] })],
      ['node-2'],
      ['node-3'],
    ],
  ])('%s', (_name, passed, undoable, undoneNodeNames) => {
    expect(toCancelAnswer(TASK, passed, undoable, true)).toEqual({ continuing: passed, undoneNodeNames });
  });

  it('refuses when every node is past it', () => {
    const passed = [point(), point({ nodeName: 'node-2' })];
    expect(() => toCancelAnswer(TASK, passed, ['node-2'], false)).toThrow('Nothing was sent');
  });
});
