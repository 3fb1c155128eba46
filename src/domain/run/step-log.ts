import { STEP_NAMES, type StepName, type StepReport, type StepStatus } from './report.ts';

/** The steps of one node, all of them, in order. Every function below gives a new log and leaves the old one alone. */
export type StepLog = readonly StepReport[];

/** Every step `NotExecuted`. */
export const createStepLog = (): StepLog => STEP_NAMES.map((name) => ({ name, status: 'NotExecuted' }));

/**
 * All steps in order, as `log` has them. A step that an older record lacks is inserted at its place as `NotExecuted`; one that only a
 * newer version knows stays, at the end.
 */
export const completeStepLog = (log: StepLog): StepLog => {
  const recorded = new Map(log.map((step) => [step.name, step] as const));
  const known = createStepLog().map((step) => recorded.get(step.name) ?? step);
  return [...known, ...log.filter(({ name }) => !STEP_NAMES.includes(name))];
};

const replaceStep = (log: StepLog, name: StepName, toNext: (step: StepReport) => StepReport): StepLog =>
  completeStepLog(log).map((step) => (step.name === name ? toNext(step) : step));

/** `name` is `Running`. Started again, it keeps its first `startedAt` and loses the earlier end. `at` is RFC 3339. */
export const startStep = (log: StepLog, name: StepName, at: string): StepLog =>
  replaceStep(log, name, (step) => ({ name, status: 'Running', startedAt: step.startedAt ?? at }));

/**
 * `name` ended with `status` at `at` (RFC 3339). Without a message the earlier one stays: an undone step keeps the message of what it
 * did. A step that never started gets no `startedAt`.
 */
export const endStep = (
  log: StepLog,
  name: StepName,
  status: Extract<StepStatus, 'Succeeded' | 'Failed' | 'Undone'>,
  at: string,
  message?: string,
): StepLog =>
  replaceStep(log, name, (step) => ({ ...step, status, endedAt: at, ...(message === undefined ? {} : { message }) }));

/** `name` is skipped in this run; `message`: the reason. It has no times. */
export const skipStep = (log: StepLog, name: StepName, message: string): StepLog =>
  replaceStep(log, name, () => ({ name, status: 'Skipped', message }));
