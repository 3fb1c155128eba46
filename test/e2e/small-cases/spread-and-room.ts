import { caseNode, caseWorkload, HOSTNAME, preferNode, type SmallCase } from './small-case.ts';

/** Three nodes with one pod each, which must not differ by more than one pod. */
const spreadCase = (
  name: string,
  rest: Pick<SmallCase, 'planned' | 'observed' | 'deleteNode'>,
  constraint: object = {},
): SmallCase => ({
  name,
  nodes: [1, 2, 3].map((number) => caseNode(name, number)),
  workloads: [
    caseWorkload({
      caseName: name,
      name: 'web',
      replicas: 3,
      podSpec: {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: HOSTNAME,
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'web' } },
            ...constraint,
          },
        ],
      },
    }),
  ],
  removed: [`${name}-1`],
  ...rest,
});

const full = { requests: { cpu: '2' } };
const twoCpus = { capacity: { cpu: '2' } };
const fillers = (name: string): Pick<SmallCase, 'nodes' | 'workloads'> => ({
  nodes: [
    ...[1, 2, 3].map((number) => caseNode(name, number, twoCpus)),
    caseNode(name, 4, { ...twoCpus, opensLater: true }),
  ],
  workloads: ['web', 'api', 'cache'].map((each) => caseWorkload({ caseName: name, name: each, pod: full })),
});

export const SPREAD_AND_ROOM: readonly (readonly [string, SmallCase])[] = [
  [
    'a cordoned node still counts in a hard spread, so a pod waits until the Node is deleted',
    spreadCase('spread', {
      planned: {
        verdicts: ['likely'],
        findings: [['PodPendingUntilDeletion', "didn't match pod topology spread constraints"]],
      },
      observed: { pendingWhileCordoned: 1, pendingAtEnd: 0 },
    }),
  ],
  [
    'with nodeTaintsPolicy Honor a cordoned node does not count',
    spreadCase(
      'spread-honor',
      { planned: { verdicts: ['fits'], findings: [] }, observed: { pendingWhileCordoned: 0 } },
      { nodeTaintsPolicy: 'Honor' },
    ),
  ],
  [
    'if the Node is kept, that pod stays pending',
    spreadCase('spread-kept', {
      deleteNode: false,
      planned: {
        verdicts: ['doesNotFit'],
        findings: [['PodDoesNotFit', "didn't match pod topology spread constraints"]],
      },
      observed: { pendingWhileCordoned: 1 },
    }),
  ],
  [
    'a node that is removed alone has room elsewhere',
    {
      name: 'alone',
      ...fillers('alone'),
      removed: ['alone-1'],
      planned: { verdicts: ['fits'], findings: [] },
      observed: { pendingWhileCordoned: 0 },
    },
  ],
  [
    'three nodes that fit one by one do not fit together',
    {
      name: 'together',
      ...fillers('together'),
      removed: ['together-1', 'together-2', 'together-3'],
      planned: {
        verdicts: ['likely', 'likely', 'likely'],
        findings: [
          ['NoRoomTogether', '3 pods of 3 nodes to remove do not fit on the others at the same time'],
          ['PodMayNotFit', 'Insufficient cpu'],
          ['PodMayNotFit', 'Insufficient cpu'],
          ['PodMayNotFit', 'Insufficient cpu'],
        ],
      },
      observed: { pendingWhileCordoned: 2 },
    },
  ],
  [
    'a place that only a preemption makes is unknown, and takes the place of another pod',
    {
      name: 'preempt',
      nodes: [caseNode('preempt', 1, twoCpus), caseNode('preempt', 2, twoCpus)],
      objects: [
        {
          apiVersion: 'scheduling.k8s.io/v1',
          kind: 'PriorityClass',
          metadata: { name: 'small-case-high' },
          ...{ value: 1000 },
        },
      ],
      workloads: [
        caseWorkload({
          caseName: 'preempt',
          name: 'important',
          pod: { ...full, priorityClassName: 'small-case-high', affinity: preferNode('preempt-1') },
        }),
        caseWorkload({
          caseName: 'preempt',
          name: 'other',
          pod: { ...full, nodeSelector: { [HOSTNAME]: 'preempt-2' } },
        }),
      ],
      removed: ['preempt-1'],
      planned: {
        verdicts: ['unknown'],
        findings: [['PodPlacementUnknown', 'it would only get a place by preempting pods of lower priority']],
      },
      observed: { pendingWhileCordoned: 1, pendingWorkloads: ['other'] },
    },
  ],
];
