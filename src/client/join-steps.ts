import type { StepReport } from '../domain/run/report.ts';

/**
 * One list of steps from a task's view of a node and that of the node's own workflow, in the task's order: the node's own word
 * counts for every step that it has reached, the task's for the rest (preflight, budgets and cordon are done by the task).
 */
export const joinSteps = (ofTask: readonly StepReport[], ofNode: readonly StepReport[]): readonly StepReport[] => {
  const reached = new Map(
    ofNode.filter(({ status }) => status !== 'NotExecuted').map((step) => [step.name, step] as const),
  );
  const names = new Set(ofTask.map(({ name }) => name));
  const onlyOfNode = ofNode.filter(({ name }) => !names.has(name));
  return [...ofTask.map((step) => reached.get(step.name) ?? step), ...onlyOfNode];
};
