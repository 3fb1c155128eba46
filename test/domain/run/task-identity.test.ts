import { describe, expect, it } from '@jest/globals';
import { isSameTask, isTaskIdentity } from '../../../src/domain/run/task-identity.ts';

const TASK = { taskId: '42', fingerprint: 'f-1' };

describe('isTaskIdentity', () => {
  it.each([
    [TASK, true],
    [{ taskId: '42' }, false],
    [{ taskId: 42, fingerprint: 'f-1' }, false],
    ['42', false],
    [null, false],
    [undefined, false],
  ])('%j: %s', (value, expected) => {
    expect(isTaskIdentity(value)).toBe(expected);
  });
});

describe('isSameTask', () => {
  it.each([
    ['the same id and request', TASK, true],
    ['another request', { ...TASK, fingerprint: 'f-2' }, false],
    ['another id', { ...TASK, taskId: '7' }, false],
    ['none', undefined, false],
  ])('%s', (_name, other, expected) => {
    expect(isSameTask(other, TASK)).toBe(expected);
  });
});
