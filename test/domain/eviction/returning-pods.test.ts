import { describe, expect, it } from '@jest/globals';
import { ReturningPods } from '../../../src/domain/eviction/returning-pods.ts';
import type { EvictionTarget } from '../../../src/domain/run/context.ts';

const target = (uid: string, workload = 'Deployment/web'): EvictionTarget => ({
  namespace: 'default',
  name: uid,
  uid,
  workload,
  workloadUid: workload && `uid-${workload}`,
});

const bare = (uid: string, namespace = 'default', name = 'script'): EvictionTarget => ({
  ...target(uid, ''),
  namespace,
  name,
  isBare: true,
});

/** The result of each read of the node, given the pods on it. Between two reads, the workflow continues as new. */
const observeAll = (reads: readonly (readonly EvictionTarget[])[]): readonly (string | undefined)[] => {
  let data = new ReturningPods().toData();
  return reads.map((targets) => {
    const returning = new ReturningPods(data);
    const workload = returning.observe(targets);
    data = returning.toData();
    return workload;
  });
};

describe('ReturningPods', () => {
  const cases: [name: string, reads: EvictionTarget[][], last: string | undefined][] = [
    [
      'a workload is returned when its pods come back for the third time',
      [[target('a')], [target('b')], [target('c')], [target('d')]],
      'Deployment/web',
    ],
    ['returning twice is not enough', [[target('a')], [target('b')], [target('c')]], undefined],
    [
      'the same pods read again have not come back',
      [[target('a')], [target('a')], [target('a')], [target('a')], [target('a')]],
      undefined,
    ],
    ['several new pods in one read count once', [[target('a')], [target('b'), target('c'), target('d')]], undefined],
    [
      'the pods of the first read have not come back',
      [[target('a'), target('b'), target('c'), target('d')]],
      undefined,
    ],
    [
      'each workload is counted separately',
      [[target('a')], [target('b')], [target('c')], [target('d', 'Job/x')]],
      undefined,
    ],
    [
      'a recreated bare pod is identified by its name',
      [[bare('a')], [bare('b')], [bare('c')], [bare('d')]],
      'unmanaged pod default/script',
    ],
    [
      'bare pods of other names or namespaces are counted separately',
      [[bare('a')], [bare('b')], [bare('c')], [bare('d', 'other')], [bare('e', 'default', 'cron')]],
      undefined,
    ],
    [
      'in a history without `isBare`, bare pods do not count',
      [[target('a', '')], [target('b', '')], [target('c', '')], [target('d', '')]],
      undefined,
    ],
    [
      'an empty read changes nothing',
      [[target('a')], [], [target('b')], [target('c')], [], [target('d')]],
      'Deployment/web',
    ],
  ];
  it.each(cases)('%s', (_name, reads, last) => {
    const labels = observeAll(reads);
    expect(labels.at(-1)).toBe(last);
    expect(labels.slice(0, -1).filter((label) => label !== undefined)).toEqual([]);
  });
});
