import { STEP_NAMES, type StepName, type StepReport, type StepStatus } from '../../src/domain/run/report.ts';

/** All steps in order; the others are not executed. */
export const steps = (statuses: Partial<Record<StepName, StepStatus>> = {}): readonly StepReport[] =>
  STEP_NAMES.map((name) => ({ name, status: statuses[name] ?? 'NotExecuted' }));
