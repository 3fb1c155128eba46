import { daemonSet } from '../../../stack/cluster-fixtures/workloads.ts';
import { caseNode, caseWorkload, HOSTNAME, toPodRule, type SmallCase } from './small-case.ts';

const later = { opensLater: true } as const;

export const AFFINITY_AND_RETURN: readonly (readonly [string, SmallCase])[] = [
  [
    'a hard affinity to the pods of a DaemonSet is met on every node of the DaemonSet',
    {
      name: 'near-daemon',
      nodes: [caseNode('near-daemon', 1), caseNode('near-daemon', 2, later)],
      objects: [
        daemonSet({
          namespace: 'near-daemon',
          name: 'agent',
          pod: { nodeSelector: { 'example.com/case': 'near-daemon' } },
        }),
      ],
      workloads: [
        caseWorkload({ caseName: 'near-daemon', name: 'web', pod: { affinity: toPodRule('podAffinity', 'agent') } }),
      ],
      removed: ['near-daemon-1'],
      planned: { verdicts: ['fits'], findings: [] },
      observed: { pendingWhileCordoned: 0 },
    },
  ],
  [
    'a hard affinity over a label that no node has any more is named, and no lack of room',
    {
      name: 'no-label',
      nodes: [caseNode('no-label', 1, { labels: { 'example.com/rack': 'r1' } }), caseNode('no-label', 2, later)],
      workloads: [
        caseWorkload({
          caseName: 'no-label',
          name: 'web',
          pod: { affinity: toPodRule('podAffinity', 'web', 'example.com/rack') },
        }),
      ],
      removed: ['no-label-1'],
      lostLabel: { nodeName: 'no-label-1', key: 'example.com/rack' },
      planned: {
        verdicts: ['doesNotFit'],
        findings: [['PodDoesNotFit', 'no node has the label example.com/rack, to which its pod affinity refers']],
      },
      observed: { pendingWhileCordoned: 1 },
    },
  ],
  [
    'the anti-affinity of a pod that stays keeps another one away',
    {
      name: 'repelled',
      nodes: [caseNode('repelled', 1), caseNode('repelled', 2, later)],
      workloads: [
        caseWorkload({ caseName: 'repelled', name: 'web' }),
        caseWorkload({
          caseName: 'repelled',
          name: 'guard',
          pod: { nodeSelector: { [HOSTNAME]: 'repelled-2' }, affinity: toPodRule('podAntiAffinity', 'web') },
        }),
      ],
      removed: ['repelled-1'],
      planned: {
        verdicts: ['doesNotFit'],
        findings: [['PodDoesNotFit', "didn't satisfy existing pods anti-affinity rules"]],
      },
      observed: { pendingWhileCordoned: 1 },
    },
  ],
  [
    'a pod that tolerates everything comes back on the node',
    {
      name: 'tolerant',
      nodes: [caseNode('tolerant', 1)],
      workloads: [caseWorkload({ caseName: 'tolerant', name: 'web', pod: { tolerations: [{ operator: 'Exists' }] } })],
      removed: ['tolerant-1'],
      deleteNode: false,
      planned: {
        verdicts: ['doesNotFit'],
        findings: [['PodPinnedToNode', 'comes back on tolerant-1, a node to remove, because it tolerates the cordon']],
      },
      observed: { pendingWhileCordoned: 0, cameBack: 1 },
    },
  ],
  [
    'a pod whose template names the node comes back there',
    {
      name: 'bound',
      nodes: [caseNode('bound', 1), caseNode('bound', 2)],
      workloads: [caseWorkload({ caseName: 'bound', name: 'web', pod: { nodeName: 'bound-1' } })],
      removed: ['bound-1'],
      deleteNode: false,
      planned: {
        verdicts: ['doesNotFit'],
        findings: [['PodPinnedToNode', 'the template of ReplicaSet/web sets nodeName to bound-1']],
      },
      observed: { pendingWhileCordoned: 0, cameBack: 1 },
    },
  ],
];
