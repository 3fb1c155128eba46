import { describe, expect, it } from '@jest/globals';
import { judgeNodeLock, type NodeLockJudgement } from '../../../src/domain/node/judge-lock.ts';
import { toLockText, type LockHolder } from '../../../src/domain/node/lock-holder.ts';
import { lockHolder } from '../../builders/lock-holder.ts';

const self = lockHolder();
const other = lockHolder({ workflowId: 'decommission/default/task/7', taskId: '7' });

describe('judgeNodeLock', () => {
  const cases: [name: string, text: string | undefined, asker: LockHolder | undefined, judgement: NodeLockJudgement][] =
    [
      ['no annotation is free', undefined, self, { kind: 'free' }],
      ['an empty annotation is free', '', self, { kind: 'free' }],
      ['our own lock is ours', toLockText(self), self, { kind: 'ours' }],
      [
        'our own lock is ours whenever it was taken',
        toLockText(lockHolder({ since: '2020-01-01T00:00:00.000Z' })),
        self,
        { kind: 'ours' },
      ],
      ['another workflow holds it', toLockText(other), self, { kind: 'held', holder: other }],
      [
        'another run of our own workflow id holds it',
        toLockText(lockHolder({ firstExecutionRunId: 'run-0' })),
        self,
        { kind: 'held', holder: lockHolder({ firstExecutionRunId: 'run-0' }) },
      ],
      ['whoever only looks holds nothing', toLockText(self), undefined, { kind: 'held', holder: self }],
      ['a text that is no lock is unreadable', 'mine!', self, { kind: 'unreadable', text: 'mine!' }],
      ['an unreadable text is quoted in part', 'x'.repeat(500), self, { kind: 'unreadable', text: 'x'.repeat(200) }],
    ];
  it.each(cases)('%s', (_name, text, asker, judgement) => {
    expect(judgeNodeLock(text, asker)).toEqual(judgement);
  });
});
