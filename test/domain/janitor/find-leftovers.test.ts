import { describe, expect, it } from '@jest/globals';
import {
  BUDGET_SPEC_HASH_ANNOTATION,
  EARLIER_STATE_ANNOTATION,
  LOCK_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  OWNER_TASK_ANNOTATION,
  POINT_OF_NO_RETURN_ANNOTATION,
  toTaskAnnotation,
  WAITING_TAINT_KEY,
} from '../../../src/domain/cluster/annotations.ts';
import type { DisruptionBudgetFacts, NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { toBudgetSpecHash } from '../../../src/domain/budgets/release.ts';
import { findLeftovers, type LeftoverFacts } from '../../../src/domain/janitor/find-leftovers.ts';
import { toEarlierStateText } from '../../../src/domain/node/earlier-state.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { budget } from '../../builders/budget.ts';
import { surgedDeployment } from '../../builders/deployment.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';

const TASK_ID = 'task-1';
const LOCK = { [LOCK_ANNOTATION]: toLockText(lockHolder({ taskId: TASK_ID, workflowId: 'workflow-1' })) };
const TARGET = { kind: 'Node', nodeName: 'node-1', nodeUid: 'uid-node-1', machineID: '', lock: LOCK[LOCK_ANNOTATION] };
const MARKS = {
  [OWNER_TASK_ANNOTATION]: TASK_ID,
  [toTaskAnnotation(TASK_ID)]: 'processing',
  [EARLIER_STATE_ANNOTATION]: toEarlierStateText({
    taskId: TASK_ID,
    unschedulable: false,
    annotations: { [toTaskAnnotation(TASK_ID)]: null },
    writtenHashes: {},
  }),
};

const locked = (overrides: Partial<NodeFacts> = {}): NodeFacts =>
  node({ unschedulable: true, annotations: { ...LOCK, ...MARKS }, ...overrides });

const ownBudget = (taskIds: readonly string[] = [TASK_ID]): DisruptionBudgetFacts => {
  const labelled = budget({ labels: { [MANAGED_BY_LABEL]: MANAGED_BY } });
  const marks = Object.fromEntries(taskIds.map((taskId) => [toTaskAnnotation(taskId), 'processing']));
  return { ...labelled, annotations: { ...marks, [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(labelled) } };
};

const find = (facts: Partial<LeftoverFacts>) =>
  findLeftovers({
    cluster: 'default',
    nodes: [],
    budgets: [],
    deployments: [],
    holderStates: {},
    runningTaskIds: [],
    ...facts,
  });

const closed = { holderStates: { 'node-1': 'closed' } } as const;

describe('findLeftovers', () => {
  it('finds nothing in a cluster without tasks', () => {
    expect(find({ nodes: [node({ unschedulable: true })], budgets: [budget()] })).toEqual([]);
  });

  it('finds cordon and lock of a terminated task, the lock last, with commands that restore the node', () => {
    expect(find({ nodes: [locked()], ...closed })).toEqual([
      {
        kind: 'marks',
        object: 'Node node-1',
        what: 'its cordon and annotations',
        taskId: TASK_ID,
        workflowId: 'workflow-1',
        task: 'closed',
        commands: ['kubectl uncordon node-1', expect.stringContaining('kubectl annotate node node-1') as unknown],
        target: TARGET,
      },
      {
        kind: 'lock',
        object: 'Node node-1',
        what: 'its lock',
        taskId: TASK_ID,
        workflowId: 'workflow-1',
        task: 'closed',
        commands: [expect.stringContaining('node-decommission unlock node-1 --cluster default') as unknown],
        target: TARGET,
      },
    ]);
  });

  it.each([
    ['with its lock', LOCK, 'closed', TASK_ID],
    ['by its value, without a lock', {}, 'unknown', 'task-9'],
  ])('finds the taint of a node that waited for its turn: %s', (_name, annotations, task, taskId) => {
    const taints = [{ key: WAITING_TAINT_KEY, value: 'task-9', effect: 'PreferNoSchedule' as const }];
    const found = find({ nodes: [node({ annotations, taints })], ...closed });
    expect(found[0]).toMatchObject({
      kind: 'taint',
      what: 'its taint of a waiting node',
      taskId,
      task,
      commands: ['kubectl taint node node-1 node-decommission.io/waiting:PreferNoSchedule-'],
    });
  });

  it.each([
    ['of the task', TASK_ID, 'its cordon and annotations, and its taint node.kubernetes.io/out-of-service', 3],
    ['of another client', 'nodeshutdown', 'its cordon and annotations', 2],
  ])('lists the taint of a dead node with the marks, if it is %s', (_whose, value, what, count) => {
    const taints = [{ key: 'node.kubernetes.io/out-of-service', value, effect: 'NoExecute' as const }];
    const [marks] = find({ nodes: [locked({ taints })], ...closed });
    expect(marks?.what).toBe(what);
    expect(marks?.commands).toHaveLength(count);
  });

  it.each([
    ['of the task', TASK_ID, 3],
    ['of another client', 'karpenter', 2],
  ])('lists the exclusion from load balancers with the marks, if it is %s', (_whose, value, count) => {
    const labels = { 'node.kubernetes.io/exclude-from-external-load-balancers': value };
    expect(find({ nodes: [locked({ labels })], ...closed })[0]?.commands).toHaveLength(count);
  });

  it('warns of a node that is not Ready', () => {
    const [marks] = find({ nodes: [locked({ ready: false })], ...closed });
    expect(marks?.caution).toContain('check its host');
  });

  const point = { what: 'stopping the kubelet of node node-1', at: '2026-01-02T04:00:00.000Z', laterNodeNames: [] };
  it.each<[string, Partial<NodeFacts>, Partial<LeftoverFacts>, string]>([
    ['its workflow recorded', {}, { passedPoints: { 'node-1': point } }, 'at 2026-01-02T04:00:00.000Z'],
    [
      'its annotation shows',
      { annotations: { ...LOCK, ...MARKS, [POINT_OF_NO_RETURN_ANNOTATION]: '3 am' } },
      {},
      '3 am',
    ],
    ['its deletion shows', { deleting: true }, {}, 'is being deleted'],
  ])('has no commands for a node past its point of no return, as %s', (_how, changes, facts, reason) => {
    const found = find({ nodes: [locked(changes)], ...closed, ...facts });
    expect(found).toMatchObject([{ what: 'its cordon and annotations and its lock', commands: [] }]);
    expect(found[0]?.stays).toContain(reason);
    expect(found[0]?.stays).toContain('Start the same request again');
  });

  it('has only the command that removes the lock of such a node when its Temporal is gone: no run could take it over', () => {
    const found = find({ nodes: [locked({ deleting: true })], holderStates: { 'node-1': 'unknown' } });
    expect(found.map(({ commands }) => commands)).toEqual([[expect.stringContaining('unlock node-1')]]);
  });

  it('does not count a deletion by another client as the end of a task that left nothing', () => {
    expect(find({ nodes: [node({ deleting: true })] })).toEqual([]);
  });

  it('finds nothing of a task that runs: by its lock, or by its id when the Node with the lock was deleted', () => {
    const running = { nodes: [locked()], budgets: [ownBudget()], deployments: [surgedDeployment()] };
    expect(find({ ...running, holderStates: { 'node-1': 'running' } })).toEqual([]);
    expect(find({ budgets: [ownBudget()], runningTaskIds: [TASK_ID] })).toEqual([]);
  });

  it('takes the state of a task that no lock names from its workflow', () => {
    const unlocked = locked({ annotations: MARKS });
    const found = find({ nodes: [unlocked], budgets: [ownBudget()], taskStates: { [TASK_ID]: 'closed' } });
    expect(found.map(({ kind, task }) => [kind, task])).toEqual([
      ['marks', 'closed'],
      ['budget', 'closed'],
    ]);
    expect(find({ nodes: [unlocked], budgets: [ownBudget()], taskStates: { [TASK_ID]: 'running' } })).toEqual([]);
  });

  it('counts a task as unknown while one of its locks is of a workflow that cannot be found', () => {
    const other = locked({ name: 'node-2', annotations: LOCK });
    const found = find({
      nodes: [locked({ annotations: LOCK }), other],
      budgets: [ownBudget()],
      holderStates: { 'node-1': 'unknown', 'node-2': 'closed' },
    });
    expect(found.at(-1)).toMatchObject({ kind: 'budget', task: 'unknown' });
  });

  it('does not claim that a task is over when its Temporal did not answer', () => {
    const all = find({
      nodes: [locked()],
      budgets: [ownBudget()],
      holderStates: { 'node-1': 'unknown' },
    });
    expect(all.map(({ task }) => task)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(all.every(({ caution }) => caution?.includes('no other Temporal runs this task'))).toBe(true);
  });

  it.each<[string, DisruptionBudgetFacts, string]>([
    ['deletes one that the task created', ownBudget(), 'kubectl delete pdb -n default web-pdb'],
    [
      'keeps one of an owner, without the annotation',
      budget({ annotations: { [toTaskAnnotation(TASK_ID)]: 'processing' } }),
      'kubectl annotate pdb -n default web-pdb NodeDrainTasktask-1-',
    ],
    [
      'keeps one that was edited since',
      { ...ownBudget(), maxUnavailable: 2 },
      'kubectl annotate pdb -n default web-pdb NodeDrainTasktask-1-',
    ],
  ])('of budgets, %s', (_what, found, command) => {
    const [leftover] = find({ nodes: [locked({ annotations: LOCK })], budgets: [found], ...closed }).slice(1);
    expect(leftover).toMatchObject({ kind: 'budget', taskId: TASK_ID, task: 'closed', commands: [command] });
  });

  it('keeps a budget that a running task uses too', () => {
    const found = find({
      nodes: [locked({ annotations: LOCK })],
      budgets: [ownBudget([TASK_ID, '8'])],
      runningTaskIds: ['8'],
      ...closed,
    });
    expect(found.slice(1)).toMatchObject([{ taskId: TASK_ID, what: "the task's annotation" }]);
  });

  it('attributes a second replica to the task whose hash its label has', () => {
    const facts = { nodes: [locked({ annotations: LOCK })], deployments: [surgedDeployment()], ...closed };
    expect(find(facts).slice(1)).toMatchObject([
      {
        object: 'Deployment default/web',
        what: 'its second replica and label',
        taskId: TASK_ID,
        task: 'closed',
        commands: [
          'kubectl scale deployment -n default web --replicas=1',
          'kubectl label deployment -n default web node-decommission.io/surge-',
        ],
        target: { kind: 'Deployment', namespace: 'default', name: 'web', uid: 'uid-Deployment-web' },
      },
    ]);
    expect(find({ deployments: [surgedDeployment()] })).toMatchObject([{ task: 'unknown' }]);
  });

  it('finds a lock that cannot be read', () => {
    expect(find({ nodes: [node({ annotations: { [LOCK_ANNOTATION]: 'locked by bob' } })] })).toMatchObject([
      { kind: 'lock', what: 'a lock that cannot be read', task: 'unknown' },
    ]);
  });
});
