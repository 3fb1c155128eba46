import { describe, expect, it } from '@jest/globals';
import { isSameHolder, parseLockHolder, toLockText, type LockHolder } from '../../../src/domain/node/lock-holder.ts';
import { lockHolder } from '../../builders/lock-holder.ts';

const without = (key: keyof LockHolder): string =>
  JSON.stringify(Object.fromEntries(Object.entries(lockHolder()).filter(([name]) => name !== key)));

describe('parseLockHolder', () => {
  it('reads what toLockText wrote', () => {
    expect(parseLockHolder(toLockText(lockHolder()))).toEqual({ kind: 'held', holder: lockHolder() });
  });

  it.each([
    ['members of a later version are ignored', JSON.stringify({ ...lockHolder(), colour: 'red' }), lockHolder()],
    ['a missing task id is empty', without('taskId'), lockHolder({ taskId: '' })],
    ['a missing time is empty', without('since'), lockHolder({ since: '' })],
    ['a time of the wrong type is empty', JSON.stringify({ ...lockHolder(), since: 7 }), lockHolder({ since: '' })],
  ])('%s', (_case, text, holder) => {
    expect(parseLockHolder(text)).toEqual({ kind: 'held', holder });
  });

  it.each([
    ['empty text', ''],
    ['no JSON', 'locked by bob'],
    ['cut JSON', toLockText(lockHolder()).slice(0, -5)],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['an empty object', '{}'],
    ['no cluster', without('temporalClusterId')],
    ['no namespace', without('temporalNamespace')],
    ['no workflow', without('workflowId')],
    ['no run', without('firstExecutionRunId')],
    ['an empty workflow', toLockText(lockHolder({ workflowId: '' }))],
    ['a number for the run', JSON.stringify({ ...lockHolder(), firstExecutionRunId: 7 })],
  ])('cannot read %s', (_case, text) => {
    expect(parseLockHolder(text)).toEqual({ kind: 'unreadable' });
  });
});

describe('isSameHolder', () => {
  it.each<[string, Partial<LockHolder>, boolean]>([
    ['equal', {}, true],
    ['another task id only', { taskId: '43' }, true],
    ['another time only', { since: '' }, true],
    ['another Temporal', { temporalClusterId: 'temporal-2' }, false],
    ['another namespace', { temporalNamespace: 'ops' }, false],
    ['another workflow', { workflowId: 'mine' }, false],
    ['a later run under the same id', { firstExecutionRunId: 'run-2' }, false],
  ])('%s', (_case, overrides, expected) => {
    expect(isSameHolder(lockHolder(), lockHolder(overrides))).toBe(expected);
  });
});

describe('toLockText', () => {
  it('gives one text for one holder, whatever the order of its members', () => {
    const reversed = Object.fromEntries(Object.entries(lockHolder()).reverse()) as unknown as LockHolder;
    expect(toLockText(reversed)).toBe(toLockText(lockHolder()));
  });
});
