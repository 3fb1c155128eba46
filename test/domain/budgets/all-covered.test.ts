import { describe, expect, it } from '@jest/globals';
import { areAllCovered } from '../../../src/domain/budgets/all-covered.ts';
import { coveringBudgets } from '../../../src/domain/budgets/covering.ts';
import type { DisruptionBudgetFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { budget, taskBudget } from '../../builders/budget.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const JOB = countlessWorkload('batch/v1', 'Job', 'import');
const CLUSTER = countlessWorkload('db.example/v1', 'Cluster', 'db');
const INDEX = workloadIndex(workload(), replicaSet(), JOB, CLUSTER);
const ofJob = pod({ name: 'j', controller: owner('batch/v1', 'Job', 'import'), labels: {} });
const ofCluster = pod({ name: 'd', controller: owner('db.example/v1', 'Cluster', 'db'), labels: {} });

describe('areAllCovered', () => {
  const rows: [
    name: string,
    pods: readonly PodFacts[],
    budgets: readonly DisruptionBudgetFacts[],
    expected: boolean,
  ][] = [
    ['no pods', [], [], true],
    ['a pod that its owner’s budget covers', [pod()], [budget({ name: 'own' })], true],
    ['one that no budget covers', [pod(), pod({ name: 'b', labels: {} })], [budget({ name: 'own' })], false],
    ['a finished pod needs none', [pod({ phase: 'Succeeded' })], [], true],
    ['nor does a bare one', [barePod()], [], true],
    ['nor one of a Job', [ofJob], [], true],
    ['a pod of another kind without replicas is reported by the plan', [ofCluster], [], false],
    ['a budget with the mark of this task', [pod()], [taskBudget('task-1')], true],
    ['one that another task shares lacks this mark', [pod()], [taskBudget('task-2')], false],
    ['one with the generated name lacks this mark', [pod()], [budget()], false],
    ['one that is being deleted', [pod()], [budget({ name: 'own', deleting: true })], false],
    ['a second one that is shared', [pod()], [budget({ name: 'own' }), taskBudget('task-2')], false],
  ];
  it.each(rows)('%s', (_name, pods, budgets, expected) => {
    const budgetsOf = (each: PodFacts): readonly DisruptionBudgetFacts[] => coveringBudgets(each, budgets);
    expect(areAllCovered({ pods, index: INDEX, budgetsOf, taskId: 'task-1' })).toBe(expected);
  });
});
