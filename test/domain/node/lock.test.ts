import { describe, expect, it } from '@jest/globals';
import {
  isSameHolder,
  judgeNodeLock,
  parseLockHolder,
  toLockText,
  type LockHolder,
  type NodeLockJudgement,
} from '../../../src/domain/node/lock.ts';
import { lockHolder } from '../../builders/lock-holder.ts';

const without = (key: keyof LockHolder): string =>
  JSON.stringify(Object.fromEntries(Object.entries(lockHolder()).filter(([name]) => name !== key)));

describe('parseLockHolder', () => {
  it('reads what toLockText wrote', () => {
    expect(parseLockHolder(toLockText(lockHolder()))).toEqual({ kind: 'held', holder: lockHolder() });
  });

  it.each([
    ['members of a later version are ignored', JSON.stringify({ ...lockHolder(), colour: 'red' }), lockHolder()],
    ['a missing name of the namespace is empty', without('temporalNamespace'), lockHolder({ temporalNamespace: '' })],
    ['a missing task id is empty', without('taskId'), lockHolder({ taskId: '' })],
    ['a missing time is empty', without('since'), lockHolder({ since: '' })],
    ['a time of the wrong type is empty', JSON.stringify({ ...lockHolder(), since: 7 }), lockHolder({ since: '' })],
  ])('%s', (_case, text, holder) => {
    expect(parseLockHolder(text)).toEqual({ kind: 'held', holder });
  });

  it.each([
    ['empty text', ''],
    ['a text that is not JSON', 'locked by bob'],
    ['truncated JSON', toLockText(lockHolder()).slice(0, -5)],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['an empty object', '{}'],
    ['no namespace', without('temporalNamespaceId')],
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
    ['another name of the namespace only', { temporalNamespace: 'ops' }, true],
    ['another namespace', { temporalNamespaceId: 'namespace-2' }, false],
    ['another workflow', { workflowId: 'mine' }, false],
    ['a later run under the same id', { firstExecutionRunId: 'run-2' }, false],
  ])('%s', (_case, overrides, expected) => {
    expect(isSameHolder(lockHolder(), lockHolder(overrides))).toBe(expected);
  });
});

describe('toLockText', () => {
  it('returns one text for one holder, whatever the order of its members', () => {
    const reversed = Object.fromEntries(Object.entries(lockHolder()).reverse()) as unknown as LockHolder;
    expect(toLockText(reversed)).toBe(toLockText(lockHolder()));
  });
});

const self = lockHolder();
const other = lockHolder({ workflowId: 'decommission/default/task/7', taskId: '7' });

describe('judgeNodeLock', () => {
  const cases: [name: string, text: string | undefined, asker: LockHolder | undefined, judgement: NodeLockJudgement][] =
    [
      ['no annotation is free', undefined, self, { kind: 'free' }],
      ['an empty annotation is free', '', self, { kind: 'free' }],
      ['its own lock is ours', toLockText(self), self, { kind: 'ours' }],
      [
        'its own lock is ours whenever it was acquired',
        toLockText(lockHolder({ since: '2020-01-01T00:00:00.000Z' })),
        self,
        { kind: 'ours' },
      ],
      ['another workflow holds it', toLockText(other), self, { kind: 'held', holder: other }],
      [
        'another run of the same workflow id holds it',
        toLockText(lockHolder({ firstExecutionRunId: 'run-0' })),
        self,
        { kind: 'held', holder: lockHolder({ firstExecutionRunId: 'run-0' }) },
      ],
      ['a reader without a workflow holds nothing', toLockText(self), undefined, { kind: 'held', holder: self }],
      ['a text that is not a lock is unreadable', 'mine!', self, { kind: 'unreadable', text: 'mine!' }],
      ['an unreadable text is truncated', 'x'.repeat(500), self, { kind: 'unreadable', text: 'x'.repeat(200) }],
    ];
  it.each(cases)('%s', (_name, text, asker, judgement) => {
    expect(judgeNodeLock(text, asker)).toEqual(judgement);
  });
});
