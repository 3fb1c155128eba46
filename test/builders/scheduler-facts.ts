import type { PlacementTrial } from '../../src/domain/scheduling/placement-trial.ts';
import type { SchedulerFacts, SchedulerObject, SchedulerPod } from '../../src/domain/scheduling/scheduler-facts.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A node with 4 CPUs in no zone. `labels` are added to its hostname. */
export const schedulerNode = (
  name: string,
  { labels = {}, spec = {} }: { labels?: Fields; spec?: Fields } = {},
): SchedulerObject => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec,
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
});

/** A template of pods with label `app`. `spec` is merged over one container that requests `cpu`. */
export const schedulerTemplate = (app: string, spec: Fields = {}, cpu = '100m'): SchedulerObject => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', resources: { requests: { cpu } } }], ...spec },
});

/** Named and identified by `uid`, in namespace `shop`. */
export const schedulerPod = (uid: string, template: number, nodeName = ''): SchedulerPod => ({
  namespace: 'shop',
  name: uid,
  uid,
  template,
  nodeName,
  isTerminating: false,
});

export const schedulerFacts = (facts: Partial<SchedulerFacts> = {}): SchedulerFacts => ({
  nodes: [],
  templates: [],
  pods: [],
  objects: {},
  ...facts,
});

/** Removes `old`, which is cordoned, and places `pods` together. */
export const placementTrial = (pods: readonly string[], trial: Partial<PlacementTrial> = {}): PlacementTrial => ({
  removedNodeNames: ['old'],
  removedNodes: 'cordoned',
  pods: pods.map((uid) => ({ uid })),
  leave: 'together',
  choice: 'scheduler',
  ...trial,
});
