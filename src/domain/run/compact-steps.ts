import type { StepLog } from './step-log.ts';

/** Temporal refuses a payload above 2 MB, and status, report and continue-as-new of a task have the steps of all its nodes. */
export const MAX_NODES_IN_DETAIL = 200;

/**
 * The steps of a node as a task of `nodeCount` nodes lists them. Above `MAX_NODES_IN_DETAIL`, steps that ended well, or have not started, have
 * neither times nor messages: those of a node that ran are in the report of its own workflow. Pure.
 */
export const toListedSteps = (steps: StepLog, nodeCount: number): StepLog =>
  nodeCount <= MAX_NODES_IN_DETAIL
    ? steps
    : steps.map((step) =>
        step.status === 'Running' || step.status === 'Failed' ? step : { name: step.name, status: step.status },
      );
