import type { Outcome } from '../domain/run/report.ts';

/** 0 done · 1 failed or cancelled, and undone · 2 invalid input · 3 refused by preflight · 4 needs an operator. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

const EXIT_CODES: Readonly<Record<Outcome, ExitCode>> = {
  Decommissioned: 0,
  DryRun: 0,
  RolledBack: 1,
  Cancelled: 1,
  InvalidInput: 2,
  Refused: 3,
  RollbackIncomplete: 4,
  NeedsOperator: 4,
};

/** The exit code of a command that waited for this outcome. Scripts rely on it. */
export const toExitCode = (outcome: Outcome): ExitCode => EXIT_CODES[outcome];
