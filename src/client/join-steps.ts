import type { StepReport } from '../domain/run/report.ts';
import { completeStepLog } from '../domain/run/step-log.ts';

/**
 * One list of all steps from a task's view of a node and that of the node's own workflow: the node's own word counts for every
 * step that it has reached, the task's for the rest (preflight, budgets and cordon are done by the task).
 */
export const joinSteps = (ofTask: readonly StepReport[], ofNode: readonly StepReport[]): readonly StepReport[] => {
  const reached = new Map(
    ofNode.filter(({ status }) => status !== 'NotExecuted').map((step) => [step.name, step] as const),
  );
  const names = new Set(ofTask.map(({ name }) => name));
  const onlyOfNode = ofNode.filter(({ name }) => !names.has(name));
  return completeStepLog([...ofTask.map((step) => reached.get(step.name) ?? step), ...onlyOfNode]);
};
