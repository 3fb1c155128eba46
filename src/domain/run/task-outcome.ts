import { OUTCOMES_WORST_FIRST, type Outcome } from './report.ts';

/** The outcome of a task: that of its worst node. A task without nodes is invalid input, and is said to be that. */
export const toTaskOutcome = (nodeOutcomes: readonly Outcome[]): Outcome =>
  OUTCOMES_WORST_FIRST.find((outcome) => nodeOutcomes.includes(outcome)) ?? 'InvalidInput';
