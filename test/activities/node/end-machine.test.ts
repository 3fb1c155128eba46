import { describe, expect, it } from '@jest/globals';
import { endMachine, type MachineCall, type MachineEnd } from '../../../src/activities/node/end-machine.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import type { HookInput } from '../../../src/ports/machine-hook.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { nodeTarget, taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const MACHINE = { providerID: 'hcloud://42', provider: 'Hetzner Cloud', instanceId: '42', command: 'hcloud …' };
const CALL: MachineCall = { machine: MACHINE, isReturnSeen: false, isResumed: false };

interface Scene {
  /** Nodes that exist. */
  readonly nodes?: readonly NodeFacts[];
  /** Clusters that the hook serves; absent: there is no hook. */
  readonly served?: readonly string[];
  readonly call?: Partial<MachineCall>;
  readonly answer?: string;
  readonly machineID?: string;
}

const end = ({ nodes = [], served, call = {}, answer = 'terminating', machineID = '' }: Scene) => {
  const cluster = new FakeCluster({ nodes: [...nodes] });
  const inputs: HookInput[] = [];
  const machineHook = {
    serves: (name: string) => served?.includes(name) === true,
    call: (input: HookInput) => {
      inputs.push(input);
      return Promise.resolve(answer);
    },
  };
  const dependencies = activityDependencies(cluster, {
    workerIdentity: 'worker-a',
    ...(served === undefined ? {} : { machineHook }),
  });
  const args: [ReturnType<typeof taskContext>, ReturnType<typeof nodeTarget>, MachineCall] = [
    taskContext({ holder: lockHolder({ firstExecutionRunId: 'run-1' }) }),
    nodeTarget({ machineID }),
    { ...CALL, ...call },
  ];
  const ended: Promise<MachineEnd> = runActivity(endMachine(dependencies), args);
  return { ended, inputs };
};

describe('endMachine', () => {
  it('gives the hook what identifies the machine, and returns its answer', async () => {
    const { ended, inputs } = end({ served: ['default'] });
    expect(await ended).toEqual({ kind: 'Ended', answer: 'terminating', notes: [] });
    expect(inputs).toEqual([
      {
        cluster: 'default',
        taskId: '42',
        nodeName: 'node-1',
        nodeUid: 'uid-node-1',
        operationId: expect.stringMatching(/^run-1-/),
        providerID: 'hcloud://42',
        instanceId: '42',
      },
    ]);
  });

  it('gives the hook the same operation id in every call', async () => {
    const [one, other] = [end({ served: ['default'] }), end({ served: ['default'] })];
    await Promise.all([one.ended, other.ended]);
    expect(one.inputs[0]?.operationId).toBe(other.inputs[0]?.operationId);
  });

  it('calls the hook for a Node that named no machine, too', async () => {
    const call = { isReturnSeen: false, isResumed: false };
    const dependencies = activityDependencies(new FakeCluster(), {
      machineHook: { serves: () => true, call: ({ providerID }) => Promise.resolve(`got "${providerID}"`) },
    });
    const ended = runActivity(endMachine(dependencies), [taskContext(), nodeTarget(), call]);
    expect(await ended).toMatchObject({ answer: 'got ""' });
  });

  it('reports no answer that is empty', async () => {
    const { ended } = end({ served: ['default'], answer: '' });
    expect(await ended).toEqual({ kind: 'Ended', notes: [] });
  });

  it.each<readonly [string, Scene]>([
    ['the Node exists', { nodes: [node()] }],
    [
      'its machine has registered again',
      { nodes: [node({ uid: 'uid-new', machineID: 'machine-1' })], machineID: 'machine-1' },
    ],
    ['it is unknown whether its machine has', { nodes: [node({ uid: 'uid-new' })] }],
  ])('does not call the hook when %s', async (_when, scene) => {
    const { ended, inputs } = end({ served: ['default'], ...scene });
    await expect(ended).rejects.toMatchObject({ type: 'NodeCameBack', retryable: false });
    expect(inputs).toEqual([]);
  });

  const replacement = (overrides: Partial<NodeFacts>): Scene => ({
    served: ['default'],
    nodes: [node({ uid: 'uid-new', machineID: 'machine-2', ...overrides })],
    machineID: 'machine-1',
  });

  it('calls the hook when another machine with another providerID has its name', async () => {
    const { ended, inputs } = end(replacement({ providerID: 'hcloud://43' }));
    expect(await ended).toMatchObject({
      kind: 'Ended',
      notes: [expect.stringContaining('another machine registered as node node-1')],
    });
    expect(inputs).toHaveLength(1);
  });

  it('does not call the hook when another machine has its name and cannot be distinguished', async () => {
    const { ended, inputs } = end(replacement({}));
    expect(await ended).toEqual({ kind: 'NotCalled', why: expect.stringContaining('cannot be distinguished') });
    expect(inputs).toEqual([]);
  });

  it.each<readonly [string, readonly string[] | undefined]>([
    ['without a hook', undefined],
    ['whose hook does not serve the cluster', ['west']],
  ])('may succeed on another worker than one %s', async (_what, served) => {
    const scene = served === undefined ? {} : { served };
    const { ended } = end(scene);
    await expect(ended).rejects.toMatchObject({
      type: 'MachineNotEnded',
      retryable: true,
      message: expect.stringContaining('worker worker-a has no `endMachine` for cluster default'),
    });
    const resumed = end({ ...scene, call: { isResumed: true } });
    expect(await resumed.ended).toMatchObject({ kind: 'NotCalled' });
  });
});
