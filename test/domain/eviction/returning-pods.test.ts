import { describe, expect, it } from '@jest/globals';
import { ReturningPods } from '../../../src/domain/eviction/returning-pods.ts';
import type { EvictionTarget } from '../../../src/domain/run/context.ts';

const target = (uid: string, workload = 'Deployment/web'): EvictionTarget => ({
  namespace: 'default',
  name: uid,
  uid,
  workload,
  workloadUid: workload && `uid-${workload}`,
  volumeNames: [],
});

const bare = (uid: string, namespace = 'default', name = 'script'): EvictionTarget => ({
  ...target(uid, ''),
  namespace,
  name,
  isBare: true,
});

/** What each look at the node says, given the pods it sees. */
const observeAll = (looks: readonly (readonly EvictionTarget[])[]): readonly (string | undefined)[] => {
  const returning = new ReturningPods();
  return looks.map((look) => returning.observe(look));
};

describe('ReturningPods', () => {
  const cases: [name: string, looks: EvictionTarget[][], last: string | undefined][] = [
    [
      'a workload is named when its pods come back for the third time',
      [[target('a')], [target('b')], [target('c')], [target('d')]],
      'Deployment/web',
    ],
    ['twice is not enough', [[target('a')], [target('b')], [target('c')]], undefined],
    [
      'the same pods seen again have not come back',
      [[target('a')], [target('a')], [target('a')], [target('a')], [target('a')]],
      undefined,
    ],
    ['several new pods in one look count once', [[target('a')], [target('b'), target('c'), target('d')]], undefined],
    [
      'the pods of the first look have not come back',
      [[target('a'), target('b'), target('c'), target('d')]],
      undefined,
    ],
    [
      'each workload is counted for itself',
      [[target('a')], [target('b')], [target('c')], [target('d', 'Job/x')]],
      undefined,
    ],
    [
      'a bare pod that somebody makes anew is known by its name',
      [[bare('a')], [bare('b')], [bare('c')], [bare('d')]],
      'bare pod default/script',
    ],
    [
      'bare pods of other names or namespaces are others',
      [[bare('a')], [bare('b')], [bare('c')], [bare('d', 'other')], [bare('e', 'default', 'cron')]],
      undefined,
    ],
    [
      'in a history of a worker that did not record it, bare pods do not count',
      [[target('a', '')], [target('b', '')], [target('c', '')], [target('d', '')]],
      undefined,
    ],
    [
      'an empty look in between changes nothing',
      [[target('a')], [], [target('b')], [target('c')], [], [target('d')]],
      'Deployment/web',
    ],
  ];
  it.each(cases)('%s', (_name, looks, last) => {
    const answers = observeAll(looks);
    expect(answers.at(-1)).toBe(last);
    expect(answers.slice(0, -1).filter((answer) => answer !== undefined)).toEqual([]);
  });
});
