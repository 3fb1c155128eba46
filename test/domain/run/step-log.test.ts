import { describe, expect, it } from '@jest/globals';
import { STEP_NAMES, type StepReport } from '../../../src/domain/run/report.ts';
import {
  completeStepLog,
  createStepLog,
  endStep,
  skipStep,
  startStep,
  type StepLog,
} from '../../../src/domain/run/step-log.ts';

const ONE = '2026-01-01T00:00:01Z';
const TWO = '2026-01-01T00:00:02Z';
const THREE = '2026-01-01T00:00:03Z';

const started = startStep(createStepLog(), 'evict', ONE);

describe('step log', () => {
  it('starts with every step in order, none executed', () => {
    const log = createStepLog();
    expect(log.map(({ name }) => name)).toEqual([...STEP_NAMES]);
    expect(log.every(({ status }) => status === 'NotExecuted')).toBe(true);
  });

  it.each<[string, StepLog, StepReport]>([
    ['a started step runs', started, { name: 'evict', status: 'Running', startedAt: ONE }],
    [
      'a step that succeeded has both times',
      endStep(started, 'evict', 'Succeeded', TWO),
      { name: 'evict', status: 'Succeeded', startedAt: ONE, endedAt: TWO },
    ],
    [
      'a failed step has the reason',
      endStep(started, 'evict', 'Failed', TWO, 'not empty by the deadline'),
      { name: 'evict', status: 'Failed', startedAt: ONE, endedAt: TWO, message: 'not empty by the deadline' },
    ],
    [
      'an undone step keeps the message of what it did',
      endStep(endStep(started, 'evict', 'Succeeded', TWO, '7 pods'), 'evict', 'Undone', THREE),
      { name: 'evict', status: 'Undone', startedAt: ONE, endedAt: THREE, message: '7 pods' },
    ],
    [
      'a step that starts again keeps its first start and loses its end',
      startStep(endStep(started, 'evict', 'Failed', TWO, 'lost'), 'evict', THREE),
      { name: 'evict', status: 'Running', startedAt: ONE },
    ],
    [
      'a step that ends without a start has no start',
      endStep(createStepLog(), 'evict', 'Failed', TWO),
      { name: 'evict', status: 'Failed', endedAt: TWO },
    ],
    [
      'a skipped step has the reason and no times',
      skipStep(createStepLog(), 'evict', 'not wanted'),
      { name: 'evict', status: 'Skipped', message: 'not wanted' },
    ],
  ])('%s', (_case, log, expected) => {
    expect(log.find(({ name }) => name === 'evict')).toEqual(expected);
    expect(log.filter(({ name }) => name !== 'evict')).toEqual(createStepLog().filter(({ name }) => name !== 'evict'));
  });

  const newStep = createStepLog().find(({ name }) => name === 'detach');
  const older = endStep(startStep(createStepLog(), 'evict', ONE), 'evict', 'Succeeded', TWO).filter(
    ({ name }) => name !== 'detach',
  );
  it.each<[string, (log: StepLog) => StepLog, StepReport]>([
    ['starts', (log) => startStep(log, 'detach', THREE), { name: 'detach', status: 'Running', startedAt: THREE }],
    [
      'ends',
      (log) => endStep(log, 'detach', 'Failed', THREE, 'still attached'),
      { name: 'detach', status: 'Failed', endedAt: THREE, message: 'still attached' },
    ],
    [
      'is skipped',
      (log) => skipStep(log, 'detach', 'no volumes'),
      { name: 'detach', status: 'Skipped', message: 'no volumes' },
    ],
  ])('inserts a step that an older record lacks at its place when it %s', (_case, change, expected) => {
    const log = change(older);
    expect(log.map(({ name }) => name)).toEqual([...STEP_NAMES]);
    expect(log.find(({ name }) => name === 'detach')).toEqual(expected);
    expect(log.filter(({ name }) => name !== 'detach')).toEqual(older);
  });

  it('completes an older record, keeping its entries and any step that only a newer version has', () => {
    const newer = { name: 'later', status: 'Succeeded' } as unknown as StepReport;
    expect(completeStepLog([...older, newer])).toEqual([
      ...STEP_NAMES.map((name) => older.find((step) => step.name === name) ?? newStep),
      newer,
    ]);
  });

  it('does not change the log that is passed in', () => {
    const before = createStepLog();
    startStep(before, 'cordon', ONE);
    skipStep(before, 'cordon', 'not wanted');
    expect(before).toEqual(createStepLog());
  });
});
