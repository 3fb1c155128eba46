import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import { selectLeavingDaemons } from '../../../src/domain/eviction/leaving-daemons.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, workload, workloadIndex } from '../../builders/workload.ts';

const AGENT = countlessWorkload('apps/v1', 'DaemonSet', 'agent');
const ADVANCED = countlessWorkload('apps.kruise.io/v1beta1', 'DaemonSet', 'advanced');
const INDEX = workloadIndex(AGENT, ADVANCED, replicaSet(), workload());

const daemon = (overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name: 'agent-1', controller: owner('apps/v1', 'DaemonSet', 'agent'), ...overrides });

const all = { key: '', operator: 'Exists', value: '', effect: '' } as const;
const cordon = {
  key: 'node.kubernetes.io/unschedulable',
  operator: 'Exists',
  value: '',
  effect: 'NoSchedule',
} as const;
const leaving = { key: 'node-decommission.io/leaving', operator: 'Exists', value: '', effect: '' } as const;

describe('selectLeavingDaemons', () => {
  const cases: [name: string, pod: PodFacts, isLeaving: boolean][] = [
    ['a pod of a DaemonSet', daemon({ tolerations: [cordon] }), true],
    [
      'a pod of an OpenKruise DaemonSet',
      daemon({ controller: owner('apps.kruise.io/v1beta1', 'DaemonSet', 'advanced') }),
      true,
    ],
    ['one that is terminating, to wait for', daemon({ deletionTimestamp: 'soon' }), true],
    ['one that has finished', daemon({ phase: 'Succeeded' }), false],
    ['a system-critical one', daemon({ priorityClassName: 'system-node-critical' }), false],
    ['one that tolerates every taint', daemon({ tolerations: [all] }), false],
    ['one that tolerates this taint', daemon({ tolerations: [leaving] }), false],
    ['a pod of a Deployment', pod(), false],
    ['a static pod', pod({ mirror: true }), false],
  ];
  it.each(cases)('%s', (_name, each, isLeaving) => {
    const selected = selectLeavingDaemons([each], INDEX, decommissionRequest(), '42');
    expect(selected).toEqual(isLeaving ? [each] : []);
  });
});
