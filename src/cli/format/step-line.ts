import type { StepReport, StepStatus } from '../../domain/run/report.ts';
import type { Paint } from './paint.ts';

const MARKS: Readonly<Record<StepStatus, string>> = {
  NotExecuted: '·',
  Running: '▸',
  Succeeded: '✓',
  Failed: '✗',
  Skipped: '–',
  Undone: '↺',
};

/** All steps in one line, each with a mark: `✓ preflight  ▸ evict  · detach  – stopKubelet`. Pure. */
export const toStepLine = (steps: readonly StepReport[], paint: Paint): string =>
  steps.map(({ name, status }) => toColor(status, paint)(`${MARKS[status]} ${name}`)).join('  ');

const toColor = (status: StepStatus, paint: Paint): ((text: string) => string) => {
  if (status === 'Succeeded') return paint.good;
  if (status === 'Failed') return paint.bad;
  if (status === 'Running') return paint.strong;
  return status === 'Undone' ? paint.careful : paint.faint;
};
