import type { StepReport } from '../domain/run/report.ts';
import { completeStepLog } from '../domain/run/step-log.ts';

/**
 * Merges the task's steps of a node with those of the node's own workflow into one list of all steps: the node's entry is used for every
 * step that it has reached, the task's for the rest (the task runs preflight, budgets and cordon).
 */
export const joinSteps = (ofTask: readonly StepReport[], ofNode: readonly StepReport[]): readonly StepReport[] => {
  const reached = new Map(
    ofNode.filter(({ status }) => status !== 'NotExecuted').map((step) => [step.name, step] as const),
  );
  const names = new Set(ofTask.map(({ name }) => name));
  const onlyOfNode = ofNode.filter(({ name }) => !names.has(name));
  return completeStepLog([...ofTask.map((step) => reached.get(step.name) ?? step), ...onlyOfNode]);
};
