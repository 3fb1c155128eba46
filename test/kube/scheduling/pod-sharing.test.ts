import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { PodSharing } from '../../../src/kube/scheduling/pod-sharing.ts';
import { owner, pod } from '../../builders/pod.ts';

/** As parsed from the JSON of its own pod: nothing is shared yet. */
const parsed = (overrides: Partial<PodFacts>): PodFacts => structuredClone(pod(overrides));

describe('PodSharing', () => {
  const web = owner('apps/v1', 'ReplicaSet', 'web');
  const pairs: [name: string, one: Partial<PodFacts>, other: Partial<PodFacts>, shared: (keyof PodFacts)[]][] = [
    [
      'of one controller',
      { controller: web },
      { controller: web },
      ['labels', 'tolerations', 'requests', 'controller'],
    ],
    ['of two controllers', { controller: web }, { controller: owner('apps/v1', 'ReplicaSet', 'other') }, ['labels']],
    ['with equal lists', { emptyDirVolumes: ['a'] }, { emptyDirVolumes: ['a'] }, ['emptyDirVolumes', 'finalizers']],
  ];
  it.each(pairs)('pods of one template %s share equal parts, and keep their own', (_name, one, other, shared) => {
    const sharing = new PodSharing();
    const first = sharing.share(parsed({ name: 'a', ...one }), 0);
    const second = parsed({ name: 'b', ...other });
    const result = sharing.share(second, 0);
    expect(result).toEqual(second);
    for (const key of shared) expect(result[key]).toBe(first[key]);
  });

  it.each<[string, Partial<PodFacts>, number | undefined]>([
    ['another template', {}, 1],
    ['another namespace', { namespace: 'other' }, 0],
    ['no template', {}, undefined],
    ['other lists', { emptyDirVolumes: ['b'], finalizers: ['x/hold'] }, 0],
  ])('a pod with %s keeps its facts', (_name, overrides, template) => {
    const sharing = new PodSharing();
    sharing.share(parsed({ emptyDirVolumes: ['a'] }), 0);
    const second = parsed({ name: 'b', labels: { app: 'web' }, ...overrides });
    expect(sharing.share(second, template)).toEqual(second);
  });
});
