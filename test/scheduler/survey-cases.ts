import type { PodRoom, RoomQuestion } from '../../src/domain/scheduling/room-survey.ts';
import type { SchedulerFacts, SchedulerObject } from '../../src/domain/scheduling/scheduler-facts.ts';
import { schedulerFacts, schedulerNode, schedulerPod, schedulerTemplate } from '../builders/scheduler-facts.ts';
import { boundClaim, csiNode } from './claim-cases.ts';

export interface SurveyCase {
  readonly name: string;
  readonly facts: SchedulerFacts;
  readonly pods: RoomQuestion['pods'];
  /** By UID; absent: unknown. */
  readonly rooms: Readonly<Record<string, PodRoom>>;
}

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const ofApp = (app: string): object => ({ matchLabels: { app } });
const affinity = (kind: string, app: string, topologyKey = hostname): Readonly<Record<string, unknown>> => ({
  affinity: {
    [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: ofApp(app) }] },
  },
});
const spread = (more: object = {}): Readonly<Record<string, unknown>> => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector: ofApp('web'), ...more },
  ],
});

/** `old` is removed. Nodes have 4 CPUs; `a1` and `a2` are in zone a, `b1` in zone b. */
const nodes = [
  schedulerNode('old', { labels: { [zone]: 'a' } }),
  ...['a1', 'a2', 'b1'].map((name) => schedulerNode(name, { labels: { [zone]: name.slice(0, 1) } })),
];

/** Pods `one`, `two`… of these templates on `old`. */
const moved = (templates: readonly SchedulerObject[], facts: Partial<SchedulerFacts> = {}): SchedulerFacts =>
  schedulerFacts({
    nodes,
    templates,
    pods: templates.map((_, index) => schedulerPod(UIDS[index] ?? '', index, 'old')),
    ...facts,
  });

const UIDS = ['one', 'two', 'three'];
const asked = (count: number): RoomQuestion['pods'] => UIDS.slice(0, count).map((uid) => ({ uid }));
const hostPort = { containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80 }] }] };
const withClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const csiNodes = nodes.map((node) => csiNode((node['metadata'] as { name: string }).name));

/** The room that pods have before any of them moves. */
export const SURVEY_CASES: readonly SurveyCase[] = [
  {
    name: 'a pod that moves alone needs one node',
    facts: moved([schedulerTemplate('web')]),
    pods: asked(1),
    rooms: { one: { rivals: 0, domains: [[0]] } },
  },
  {
    name: 'a node takes as many others as there is room beside the pod for the largest',
    facts: moved([schedulerTemplate('web', {}, '1'), schedulerTemplate('large', {}, '3')], {
      nodes: nodes.slice(0, 2),
    }),
    pods: asked(2),
    rooms: { one: { rivals: 0, domains: [[1]] }, two: { rivals: 0, domains: [[0]] } },
  },
  {
    name: 'nodes on which the pod does not fit are left out',
    facts: moved([schedulerTemplate('web', {}, '3'), schedulerTemplate('web', {}, '2')], {
      pods: [schedulerPod('one', 0, 'old'), schedulerPod('two', 0, 'old'), schedulerPod('stays', 1, 'a1')],
    }),
    pods: asked(2),
    rooms: { one: { rivals: 0, domains: [[0, 0]] }, two: { rivals: 0, domains: [[0, 0]] } },
  },
  {
    name: 'a resource that the pod does not request is not limited',
    facts: moved([
      { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'main' }] } },
      schedulerTemplate('b', {}, '4'),
    ]),
    pods: asked(2),
    rooms: { one: { rivals: 0, domains: [[1]] }, two: { rivals: 0, domains: [[0, 0]] } },
  },
  {
    name: 'a rival is a pod that repels the other one on its own node',
    facts: moved([schedulerTemplate('web', affinity('podAntiAffinity', 'db')), schedulerTemplate('db')]),
    pods: asked(2),
    rooms: { one: { rivals: 1, domains: [[1, 1]] }, two: { rivals: 1, domains: [[1, 1]] } },
  },
  {
    name: 'an anti-affinity over zones is unknown',
    facts: moved([schedulerTemplate('web', affinity('podAntiAffinity', 'db', zone)), schedulerTemplate('db')]),
    pods: asked(2),
    rooms: {},
  },
  {
    name: 'an anti-affinity over zones against pods that stay is fixed',
    facts: moved([schedulerTemplate('web', affinity('podAntiAffinity', 'db', zone)), schedulerTemplate('db')], {
      pods: [schedulerPod('one', 0, 'old'), schedulerPod('stays', 1, 'a1')],
    }),
    pods: asked(1),
    rooms: { one: { rivals: 0, domains: [[0]] } },
  },
  {
    name: 'an affinity is unknown',
    facts: moved([schedulerTemplate('web', affinity('podAffinity', 'web'))]),
    pods: asked(1),
    rooms: {},
  },
  {
    name: 'pods with host ports are rivals',
    facts: moved([schedulerTemplate('a', hostPort), schedulerTemplate('b', hostPort), schedulerTemplate('c')]),
    pods: asked(3),
    rooms: {
      one: { rivals: 1, domains: [[2, 2]] },
      two: { rivals: 1, domains: [[2, 2]] },
      three: { rivals: 0, domains: [[2]] },
    },
  },
  {
    name: 'a hard topology spread needs room in each of its domains, also that of the removed node',
    facts: moved([schedulerTemplate('web', spread())]),
    pods: asked(1),
    rooms: { one: { rivals: 0, domains: [[0], [0]] } },
  },
  {
    name: 'a domain of which only the removed node is left has no room',
    facts: moved([schedulerTemplate('web', spread())], { nodes: [nodes[0]!, nodes[3]!] }),
    pods: asked(1),
    rooms: { one: { rivals: 0, domains: [[], [0]] } },
  },
  {
    name: 'a least number of domains is unknown',
    facts: moved([schedulerTemplate('web', spread({ minDomains: 3 }))]),
    pods: asked(1),
    rooms: {},
  },
  {
    name: 'two hard topology spreads are unknown',
    facts: moved([
      schedulerTemplate('web', {
        topologySpreadConstraints: [zone, hostname].flatMap(
          (topologyKey) => spread({ topologyKey })['topologySpreadConstraints'] as object[],
        ),
      }),
    ]),
    pods: asked(1),
    rooms: {},
  },
  {
    name: 'a pod that tolerates the cordon may come back',
    facts: moved([schedulerTemplate('web', { tolerations: [{ operator: 'Exists' }] })]),
    pods: asked(1),
    rooms: {},
  },
  {
    name: 'a bound claim is fixed',
    facts: moved([schedulerTemplate('db', withClaim)], { objects: { ...boundClaim(), CSINode: csiNodes } }),
    pods: asked(1),
    rooms: { one: { rivals: 0, domains: [[0]] } },
  },
  {
    name: 'pods with volumes are rivals',
    facts: moved([schedulerTemplate('db', withClaim), schedulerTemplate('db', withClaim), schedulerTemplate('web')], {
      objects: { ...boundClaim('ReadWriteMany'), CSINode: csiNodes },
    }),
    pods: asked(3),
    rooms: {
      one: { rivals: 1, domains: [[2, 2]] },
      two: { rivals: 1, domains: [[2, 2]] },
      three: { rivals: 0, domains: [[2]] },
    },
  },
  {
    name: 'a claim that only one pod may use is unknown',
    facts: moved([schedulerTemplate('db', withClaim)], {
      objects: { ...boundClaim('ReadWriteOncePod'), CSINode: csiNodes },
    }),
    pods: asked(1),
    rooms: {},
  },
  {
    name: 'a claim that does not exist is unknown',
    facts: moved([schedulerTemplate('db', withClaim)]),
    pods: asked(1),
    rooms: {},
  },
  {
    name: 'a pod that waits has room too, and counts as another pod',
    facts: moved([schedulerTemplate('web', {}, '2')], {
      pods: [schedulerPod('one', 0, 'old'), schedulerPod('two', 0)],
    }),
    pods: asked(2),
    rooms: { one: { rivals: 0, domains: [[1]] }, two: { rivals: 0, domains: [[1]] } },
  },
  {
    name: 'a pod is judged by the template from which it is recreated',
    facts: moved([schedulerTemplate('web', {}, '9'), schedulerTemplate('web')], {
      pods: [schedulerPod('one', 0, 'old')],
    }),
    pods: [{ uid: 'one', template: 1 }],
    rooms: { one: { rivals: 0, domains: [[0]] } },
  },
];
