import type { PlacementTrial, TrialPlace } from '../../src/domain/scheduling/placement-trial.ts';
import type { SchedulerFacts, SchedulerObject } from '../../src/domain/scheduling/scheduler-facts.ts';
import {
  placementTrial,
  schedulerFacts,
  schedulerNode,
  schedulerPod,
  schedulerTemplate,
} from '../builders/scheduler-facts.ts';

export interface VerdictCase {
  readonly name: string;
  readonly facts: SchedulerFacts;
  readonly trial: PlacementTrial;
  /** By UID; a text is the name of a node. */
  readonly places: Readonly<Record<string, string | Partial<TrialPlace>>>;
}

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const ofApp = (app: string): object => ({ matchLabels: { app } });
const antiAffinity = (app: string): object => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: hostname, labelSelector: ofApp(app) }],
  },
});
const spread = (more: object = {}): Readonly<Record<string, unknown>> => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector: ofApp('web'), ...more },
  ],
});

/** One node per zone, `old` in zone c; two pods of the app in each of a and b, one in c. */
const spreadFacts = (more: object = {}): SchedulerFacts =>
  schedulerFacts({
    nodes: Object.entries({ 'new-a': 'a', 'new-b': 'b', old: 'c' }).map(([name, value]) =>
      schedulerNode(name, { labels: { [zone]: value } }),
    ),
    templates: [schedulerTemplate('web', spread(more))],
    pods: [schedulerPod('moved', 0, 'old'), schedulerPod('a', 0, 'new-a'), schedulerPod('b', 0, 'new-b')],
  });

const twoNodes = (...more: readonly string[]): SchedulerObject[] =>
  ['old', 'new', ...more].map((name) => schedulerNode(name));

const WEB_AND_HERMIT = [schedulerTemplate('web'), schedulerTemplate('hermit', { affinity: antiAffinity('web') })];

/** What does not fit anywhere because of `spec`: on two nodes, with nothing else there. */
const moved = (template: SchedulerObject, facts: Partial<SchedulerFacts> = {}): SchedulerFacts =>
  schedulerFacts({ nodes: twoNodes(), templates: [template], pods: [schedulerPod('moved', 0, 'old')], ...facts });

const refused = (reason: string, plugins: readonly string[], isPlacedByPreemption = false): Partial<TrialPlace> => ({
  message: `0/2 nodes are available: ${reason}.`,
  plugins,
  isPlacedByPreemption,
});

const TOGETHER = {
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: hostname, labelSelector: ofApp('web') }],
    },
  },
};
const NOT_TOGETHER = refused("1 node(s) didn't match pod affinity rules, 1 node(s) were unschedulable", [
  'InterPodAffinity',
  'NodeUnschedulable',
]);

/** Facts, a trial of them, and the answer in kube-scheduler's words. */
export const VERDICT_CASES: readonly VerdictCase[] = [
  {
    name: 'hard topology spread counts a cordoned node',
    facts: spreadFacts(),
    trial: placementTrial(['moved']),
    places: {
      moved: {
        message:
          "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints.",
        plugins: ['NodeUnschedulable', 'PodTopologySpread'],
      },
    },
  },
  {
    name: 'hard topology spread ignores a cordoned node if it honors taints',
    facts: spreadFacts({ nodeTaintsPolicy: 'Honor' }),
    trial: placementTrial(['moved'], { choice: 'emptiest' }),
    places: { moved: 'new-a' },
  },
  {
    name: 'hard topology spread is met once the node is deleted',
    facts: spreadFacts(),
    trial: placementTrial(['moved'], { removedNodes: 'deleted', choice: 'emptiest' }),
    places: { moved: 'new-a' },
  },
  {
    name: 'a pod that stays has anti-affinity',
    facts: moved(schedulerTemplate('web'), {
      templates: WEB_AND_HERMIT,
      pods: [schedulerPod('moved', 0, 'old'), schedulerPod('hermit', 1, 'new')],
    }),
    trial: placementTrial(['moved']),
    places: {
      moved: refused("1 node(s) didn't satisfy existing pods anti-affinity rules, 1 node(s) were unschedulable", [
        'InterPodAffinity',
        'NodeUnschedulable',
      ]),
    },
  },
  {
    name: 'a pod that was placed before has anti-affinity',
    facts: moved(schedulerTemplate('web'), {
      templates: WEB_AND_HERMIT,
      pods: ['first', 'second'].map((uid) => schedulerPod(uid, 0, 'old')).concat(schedulerPod('hermit', 1, 'old')),
      nodes: twoNodes('newer'),
    }),
    trial: placementTrial(['first', 'hermit', 'second'], { choice: 'fullest' }),
    places: { first: 'new', hermit: 'newer', second: 'new' },
  },
  {
    name: 'no node has the label of required affinity',
    facts: moved(
      schedulerTemplate('web', {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
            },
          },
        },
      }),
    ),
    trial: placementTrial(['moved']),
    places: {
      moved: refused("1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable", [
        'NodeAffinity',
        'NodeUnschedulable',
      ]),
    },
  },
  {
    name: 'host ports are taken',
    facts: moved(
      schedulerTemplate('web', { containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
      {
        pods: [schedulerPod('moved', 0, 'old'), schedulerPod('stays', 0, 'new')],
      },
    ),
    trial: placementTrial(['moved']),
    places: {
      moved: refused("1 node(s) didn't have free ports for the requested pod ports, 1 node(s) were unschedulable", [
        'NodePorts',
        'NodeUnschedulable',
      ]),
    },
  },
  {
    name: 'a pod of lower priority could be preempted',
    facts: moved(schedulerTemplate('web', { priority: 100 }, '3'), {
      templates: [schedulerTemplate('web', { priority: 100 }, '3'), schedulerTemplate('batch', { priority: 1 }, '2')],
      pods: [schedulerPod('moved', 0, 'old'), schedulerPod('batch', 1, 'new')],
    }),
    trial: placementTrial(['moved']),
    places: {
      moved: refused(
        '1 Insufficient cpu, 1 node(s) were unschedulable',
        ['NodeResourcesFit', 'NodeUnschedulable'],
        true,
      ),
    },
  },
  {
    name: 'a pod that never preempts is not placed by preemption',
    facts: moved(schedulerTemplate('web', {}), {
      templates: [
        schedulerTemplate('web', { priority: 100, preemptionPolicy: 'Never' }, '3'),
        schedulerTemplate('batch', { priority: 1 }, '2'),
      ],
      pods: [schedulerPod('moved', 0, 'old'), schedulerPod('batch', 1, 'new')],
    }),
    trial: placementTrial(['moved']),
    places: {
      moved: refused(
        '1 Insufficient cpu, 1 node(s) were unschedulable',
        ['NodeResourcesFit', 'NodeUnschedulable'],
        false,
      ),
    },
  },
  ...(['together', 'oneByOne'] as const).map((leave) => ({
    name: `three pods fit alone, but not with each other, and leave ${leave}`,
    facts: moved(schedulerTemplate('web', {}, '2'), {
      pods: ['one', 'two', 'three'].map((uid) => schedulerPod(uid, 0, 'old')),
    }),
    trial: placementTrial(['one', 'two', 'three'], { leave }),
    places: {
      one: 'new',
      two: 'new',
      three: refused('1 Insufficient cpu, 1 node(s) were unschedulable', ['NodeResourcesFit', 'NodeUnschedulable']),
    },
  })),
  {
    name: 'a pod is recreated from another template',
    facts: moved(schedulerTemplate('web', {}, '5'), {
      templates: [schedulerTemplate('web', {}, '5'), schedulerTemplate('web', {}, '1')],
    }),
    trial: placementTrial([], { pods: [{ uid: 'moved', template: 1 }] }),
    places: { moved: 'new' },
  },
  {
    name: 'a resize has allocated more to a running pod than it requests',
    facts: moved(schedulerTemplate('web', {}, '1'), {
      templates: [
        schedulerTemplate('web', {}, '1'),
        {
          ...schedulerTemplate('grown', {}, '1'),
          status: {
            containerStatuses: [
              { name: 'main', allocatedResources: { cpu: '3500m' }, resources: { requests: { cpu: '3500m' } } },
            ],
          },
        },
      ],
      pods: [schedulerPod('moved', 0, 'old'), schedulerPod('grown', 1, 'new')],
    }),
    trial: placementTrial(['moved']),
    places: {
      moved: refused('1 Insufficient cpu, 1 node(s) were unschedulable', ['NodeResourcesFit', 'NodeUnschedulable']),
    },
  },
  ...[['new'], ['newer'], ['old', 'newer']].map((preferredNodeNames) => ({
    name: `pods get the first preferred node that fits: ${preferredNodeNames.join(', ')}`,
    facts: moved(schedulerTemplate('web', {}, '1'), { nodes: twoNodes('newer') }),
    trial: placementTrial(['moved'], { preferredNodeNames }),
    places: { moved: preferredNodeNames.at(-1) ?? '' },
  })),
  {
    name: 'pods get another node when no preferred one fits',
    facts: moved(schedulerTemplate('web', {}, '3'), {
      nodes: twoNodes('newer'),
      pods: ['one', 'two'].map((uid) => schedulerPod(uid, 0, 'old')),
    }),
    trial: placementTrial(['one', 'two'], { preferredNodeNames: ['newer'] }),
    places: { one: 'newer', two: 'new' },
  },
  ...(['together', 'later'] as const).map((leave) => ({
    name: `pods that require each other, and leave ${leave}`,
    facts: moved(schedulerTemplate('web', TOGETHER), {
      pods: ['one', 'two'].map((uid) => schedulerPod(uid, 0, 'old')),
    }),
    trial: placementTrial(['one', 'two'], { leave }),
    places: Object.fromEntries(['one', 'two'].map((uid) => [uid, leave === 'together' ? 'new' : NOT_TOGETHER])),
  })),
  {
    name: 'a pod without a node competes for the room',
    facts: moved(schedulerTemplate('web', {}, '3'), {
      pods: [schedulerPod('waiting', 0), schedulerPod('moved', 0, 'old')],
    }),
    trial: placementTrial(['waiting', 'moved']),
    places: {
      waiting: 'new',
      moved: refused('1 Insufficient cpu, 1 node(s) were unschedulable', ['NodeResourcesFit', 'NodeUnschedulable']),
    },
  },
];
