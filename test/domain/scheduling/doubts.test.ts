import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { toDoubtFinder, type Doubt } from '../../../src/domain/scheduling/doubts.ts';
import type { SchedulerObject } from '../../../src/domain/scheduling/scheduler-facts.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';
import { schedulerFacts } from '../../builders/observed-scheduler-facts.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const inNamespaces = { [REQUIRED]: [{ topologyKey: 'zone', namespaceSelector: {} }] };
const inOwn = { [REQUIRED]: [{ topologyKey: 'zone' }] };
const withVolume = { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] };
const withDevice = { resourceClaims: [{ name: 'gpu' }] };

const doubtAbout = (
  spec: object,
  absentKinds: readonly string[] = [],
  overrides: Partial<PodFacts> = {},
  others: readonly SchedulerObject[] = [],
): Doubt | undefined => {
  const moved = pod(overrides);
  const facts = schedulerFacts([node()], [moved], absentKinds);
  return toDoubtFinder({ ...facts, templates: [...facts.templates, ...others] })(moved, { spec });
};

describe('toDoubtFinder', () => {
  it.each<[string, object, readonly string[], string | undefined]>([
    ['a plain pod', {}, [], undefined],
    ['a plain pod, while nothing else is readable', {}, ['StorageClass', 'ResourceClaim', 'Namespace'], undefined],
    ['another scheduler', { schedulerName: 'volcano' }, [], 'the pod uses scheduler volcano'],
    ['a scheduling gate', { schedulingGates: [{ name: 'a' }] }, [], 'the pod has a scheduling gate'],
    ['a group', { schedulingGroup: { podGroupName: 'a' } }, [], 'the pod is scheduled together with its group'],
    ['a volume', withVolume, [], undefined],
    [
      'a volume without the drivers of the nodes',
      withVolume,
      ['CSINode'],
      'the scheduler also reads CSINode, which could not be read',
    ],
    ['a device', withDevice, [], undefined],
    [
      'a device without the slices',
      withDevice,
      ['ResourceSlice', 'DeviceClass'],
      'the scheduler also reads ResourceSlice, DeviceClass, which could not be read',
    ],
    ['an affinity within its namespace', { affinity: { podAffinity: inOwn } }, ['Namespace'], undefined],
    [
      'an affinity to other namespaces without their labels',
      { affinity: { podAffinity: inNamespaces } },
      ['Namespace'],
      'the scheduler also reads Namespace, which could not be read',
    ],
  ])('%s', (_name, spec, absentKinds, expected) => {
    expect(doubtAbout(spec, absentKinds)?.reason).toBe(expected);
  });

  it('doubts every pod while another one repels pods by the labels of their namespaces, which cannot be read', () => {
    const repelling = { spec: { affinity: { podAntiAffinity: inNamespaces } } };

    expect(doubtAbout({}, ['Namespace'], {}, [repelling])?.plugins).toEqual(['InterPodAffinity']);
    expect(doubtAbout({}, [], {}, [repelling])).toBeUndefined();
  });

  it('doubts a pod whose new volume is created before it is scheduled', () => {
    const overrides = { persistentVolumeClaims: ['tmp'], ephemeralClaims: ['tmp'] };

    expect(doubtAbout({}, [], overrides)).toMatchObject({
      reason: 'where the volume of its claim tmp will be created is not evaluated',
    });
  });
});
