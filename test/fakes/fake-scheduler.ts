import type { RoomQuestion, RoomSurvey } from '../../src/domain/scheduling/room-survey.ts';
import type { PlacementTrial, TrialPlace, TrialPod, TrialResult } from '../../src/domain/scheduling/placement-trial.ts';
import type { SchedulerFacts, SchedulerObject, SchedulerPod } from '../../src/domain/scheduling/scheduler-facts.ts';
import type { Scheduler, SchedulerSession } from '../../src/ports/scheduler.ts';

interface Occupant {
  readonly uid: string;
  readonly cpu: number;
  readonly priority: number;
}

interface FakeNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpu: number;
  readonly isClosed: boolean;
  readonly isTainted: boolean;
  readonly occupants: Occupant[];
}

interface PodShape {
  readonly cpu: number;
  readonly priority: number;
  readonly selector: Readonly<Record<string, string>>;
  readonly toleratesAll: boolean;
}

const REASONS = {
  NodeUnschedulable: 'node(s) were unschedulable',
  TaintToleration: 'node(s) had untolerated taint(s)',
  NodeAffinity: "node(s) didn't match Pod's node affinity/selector",
  NodeResourcesFit: 'Insufficient cpu',
} as const;

type Plugin = keyof typeof REASONS;

/** Answers trials with four of kube-scheduler's plugins, in its words: cordons, taints, node selectors and `cpu`. */
export class FakeScheduler implements Scheduler {
  preparedCount = 0;
  readonly opened: SchedulerFacts[] = [];
  readonly trials: PlacementTrial[] = [];
  closedCount = 0;
  /** Of the next trial. */
  failure: Error | undefined;

  prepare(): void {
    this.preparedCount += 1;
  }

  open(facts: SchedulerFacts): Promise<SchedulerSession> {
    this.opened.push(facts);
    return Promise.resolve({
      tryPlacement: (trial) => {
        this.trials.push(trial);
        return this.failure === undefined ? Promise.resolve(tryPlacement(facts, trial)) : Promise.reject(this.failure);
      },
      surveyRoom: (question) => Promise.resolve(surveyRoom(facts, question)),
      close: () => {
        this.closedCount += 1;
        return Promise.resolve();
      },
    });
  }
}

/** The result of one trial, without a scheduler. */
export const tryPlacement = (facts: SchedulerFacts, trial: PlacementTrial): TrialResult => {
  const nodes = facts.nodes
    .map((node) => toFakeNode(node, facts, trial))
    .filter(({ name }) => trial.removedNodes === 'cordoned' || !trial.removedNodeNames.includes(name));
  const leave = ({ uid }: TrialPod): void => {
    for (const { occupants } of nodes) {
      const index = occupants.findIndex((occupant) => occupant.uid === uid);
      if (index >= 0) occupants.splice(index, 1);
    }
  };
  const places = new Map<string, TrialPlace>();
  if (trial.leave === 'together') trial.pods.forEach(leave);
  for (const pod of trial.pods) {
    if (trial.leave === 'oneByOne') leave(pod);
    const shape = toShape(facts, pod);
    const place = findPlace(nodes, shape, trial);
    if ('nodeName' in place) {
      nodes.find(({ name }) => name === place.nodeName)?.occupants.push({ uid: pod.uid, ...shape });
    }
    places.set(pod.uid, place);
  }
  return { places };
};

/** The room of each pod, without a scheduler. A pod that tolerates taints is left out, as one that may come back. */
export const surveyRoom = (facts: SchedulerFacts, { removedNodeNames, pods }: RoomQuestion): RoomSurvey => {
  const trial = { removedNodeNames, removedNodes: 'cordoned', pods, leave: 'together', choice: 'scheduler' } as const;
  const nodes = facts.nodes.map((node) => toFakeNode(node, facts, trial));
  const shapes = pods.map((pod) => toShape(facts, pod));
  const largest = Math.max(1, ...shapes.map(({ cpu }) => cpu));
  return new Map(
    pods.flatMap(({ uid }, index) => {
      const shape = shapes[index]!;
      const fitting = nodes.filter((node) => reject(node, shape, toUsed(node)) === undefined);
      const spare = fitting.map((node) => Math.floor((node.cpu - toUsed(node) - shape.cpu) / largest));
      return shape.toleratesAll ? [] : [[uid, { rivals: 0, domains: [spare] }] as const];
    }),
  );
};

const findPlace = (
  nodes: readonly FakeNode[],
  shape: PodShape,
  { choice, preferredNodeNames = [] }: PlacementTrial,
): TrialPlace => {
  const verdicts = nodes.map((node) => ({ node, plugin: reject(node, shape, toUsed(node)) }));
  const suitable = verdicts.filter(({ plugin }) => plugin === undefined).map(({ node }) => node);
  const shareOf = (node: FakeNode): number => (toUsed(node) + shape.cpu) / node.cpu;
  if (choice !== 'scheduler') suitable.sort((a, b) => (choice === 'fullest' ? -1 : 1) * (shareOf(a) - shareOf(b)));
  const [preferred] = preferredNodeNames.flatMap((name) => suitable.find((node) => node.name === name) ?? []);
  const chosen = preferred ?? suitable[0];
  if (chosen !== undefined) return { nodeName: chosen.name };
  const plugins = verdicts.flatMap(({ plugin }) => (plugin === undefined ? [] : [plugin]));
  const names = [...new Set(plugins)].sort();
  const reasons = names.map((name) => `${plugins.filter((each) => each === name).length} ${REASONS[name]}`).sort();
  const headline = `0/${nodes.length} nodes are available`;
  return {
    message: reasons.length === 0 ? `${headline}.` : `${headline}: ${reasons.join(', ')}.`,
    plugins: names,
    isPlacedByPreemption: nodes.some((node) => reject(node, shape, toUsed(node, shape.priority)) === undefined),
  };
};

const reject = (node: FakeNode, { cpu, selector, toleratesAll }: PodShape, used: number): Plugin | undefined => {
  if (node.isClosed) return 'NodeUnschedulable';
  if (node.isTainted && !toleratesAll) return 'TaintToleration';
  if (Object.entries(selector).some(([key, value]) => node.labels[key] !== value)) return 'NodeAffinity';
  return used + cpu > node.cpu ? 'NodeResourcesFit' : undefined;
};

const toUsed = ({ occupants }: FakeNode, lowestPriority = -Infinity): number =>
  occupants.filter(({ priority }) => priority >= lowestPriority).reduce((sum, { cpu }) => sum + cpu, 0);

interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly unschedulable?: boolean; readonly taints?: readonly { readonly effect: string }[] };
  readonly status: { readonly allocatable: Readonly<Record<string, string>> };
}

const toFakeNode = (object: SchedulerObject, facts: SchedulerFacts, trial: PlacementTrial): FakeNode => {
  const { metadata, spec, status } = object as unknown as NodeObject;
  return {
    name: metadata.name,
    labels: metadata.labels,
    cpu: toMillicores(status.allocatable['cpu']),
    isClosed: spec.unschedulable === true || trial.removedNodeNames.includes(metadata.name),
    isTainted: (spec.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule'),
    occupants: facts.pods
      .filter(({ nodeName }) => nodeName === metadata.name)
      .map(({ uid, template }) => ({ uid, ...toShape(facts, { uid, template }) })),
  };
};

interface TemplateObject {
  readonly spec: {
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly object[];
    readonly priority?: number;
    readonly containers: readonly { readonly resources?: { readonly requests?: Readonly<Record<string, string>> } }[];
  };
}

const toShape = (facts: SchedulerFacts, { uid, template }: TrialPod): PodShape => {
  const own: SchedulerPod | undefined = facts.pods.find((pod) => pod.uid === uid);
  const { spec } = facts.templates[template ?? own?.template ?? 0] as unknown as TemplateObject;
  return {
    cpu: spec.containers.reduce((sum, { resources }) => sum + toMillicores(resources?.requests?.['cpu']), 0),
    priority: spec.priority ?? 0,
    selector: spec.nodeSelector ?? {},
    toleratesAll: (spec.tolerations ?? []).length > 0,
  };
};

const toMillicores = (quantity = '0'): number =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
