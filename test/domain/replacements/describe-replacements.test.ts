import { describe, expect, it } from '@jest/globals';
import { describeReplacements, type ReplacementEnd } from '../../../src/domain/replacements/describe-replacements.ts';
import { owner } from '../../builders/pod.ts';

const end = (name: string, overrides: Partial<ReplacementEnd> = {}): ReplacementEnd => ({
  workload: `Deployment shop/${name}`,
  isReplaced: true,
  seconds: 0,
  message: `Deployment shop/${name}: 2 of 2 Ready`,
  ...overrides,
});

describe('describeReplacements', () => {
  it.each<[string, readonly ReplacementEnd[], readonly string[]]>([
    ['no workload', [], []],
    [
      'at once',
      [end('web'), end('api')],
      [
        'replacements were Ready when the node was empty: Deployment shop/web: 2 of 2 Ready; Deployment shop/api: 2 of 2 Ready',
      ],
    ],
    [
      'later',
      [end('web', { seconds: 12 })],
      ['replacements became Ready after the node was empty: Deployment shop/web: 2 of 2 Ready, after 12 s'],
    ],
    [
      'not before the deadline',
      [end('web', { seconds: 60, isReplaced: false, message: 'Deployment shop/web: 1 of 2 Ready' })],
      ['replacements were not Ready at the deadline (onTimeout: delete): Deployment shop/web: 1 of 2 Ready'],
    ],
  ])('notes which were Ready: %s', (_case, ends, expected) => {
    expect(describeReplacements([], ends)).toEqual(expected);
  });

  it('notes who has ended the wait for what was not Ready, and why', () => {
    const ended = new Map([['Deployment shop/web', { by: 'ann', reason: 'its image is gone' }]]);
    const missing = { seconds: 40, isReplaced: false } as const;
    expect(
      describeReplacements(
        [],
        [
          end('web', { ...missing, message: 'Deployment shop/web: 1 of 2 Ready' }),
          end('api', { ...missing, message: 'Deployment shop/api: 0 of 2 Ready' }),
        ],
        ended,
      ),
    ).toEqual([
      'replacements were not Ready at the deadline (onTimeout: delete): Deployment shop/api: 0 of 2 Ready',
      'replacements were not Ready when an operator ended the wait: Deployment shop/web: 1 of 2 Ready (by ann: its image is gone)',
    ]);
    expect(describeReplacements([], [end('web', { seconds: 40 })], ended)).toEqual([
      'replacements became Ready after the node was empty: Deployment shop/web: 2 of 2 Ready, after 40 s',
    ]);
  });

  it('notes what was not waited for', () => {
    const database = { namespace: 'shop', owner: owner('db.example/v1', 'Database', 'orders') };
    const web = { namespace: 'shop', owner: owner('apps/v1', 'Deployment', 'web'), readyBefore: 2 };
    expect(describeReplacements([database, web], [])).toEqual([
      'replacements not waited for, because the number of wanted replicas is unknown: Database shop/orders',
    ]);
  });
});
