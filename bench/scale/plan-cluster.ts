import type { SchedulerFacts, SchedulerObject, SchedulerPod } from '../../src/domain/scheduling/scheduler-facts.ts';

export const APPS = 200;
const PODS_PER_NODE = 30;
const PODS_PER_REMOVED_NODE = 110;

/**
 * A cluster with 30 pods per node, and 110 on each of the first `removed`. 10 % of its pods have required anti-affinity between nodes, and
 * 20 % hard topology spread over three zones.
 */
export const toPlanCluster = (nodeCount: number, removed: number): SchedulerFacts => {
  const nodes = Array.from({ length: nodeCount }, (_, index) => toNode(index));
  const pods: SchedulerPod[] = [];
  for (let index = 0; index < nodeCount; index++) {
    const count = index < removed ? PODS_PER_REMOVED_NODE : PODS_PER_NODE;
    for (let pod = 0; pod < count; pod++) pods.push(toPod(pods.length, `node-${index}`));
  }
  return { nodes, templates: Array.from({ length: APPS }, (_, app) => toTemplate(app)), pods, objects: {} };
};

const toNode = (index: number): SchedulerObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${index}`,
    labels: { 'kubernetes.io/hostname': `node-${index}`, 'topology.kubernetes.io/zone': `zone-${index % 3}` },
  },
  spec: {},
  status: { allocatable: { cpu: '64', memory: '256Gi', pods: '250' } },
});

const toPod = (index: number, nodeName: string): SchedulerPod => ({
  namespace: 'shop',
  name: `pod-${index}`,
  uid: `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`,
  template: index % APPS,
  nodeName,
  isTerminating: false,
});

const toTemplate = (app: number): SchedulerObject => {
  const labelSelector = { matchLabels: { app: `app-${app}` } };
  const antiAffinity = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector }],
    },
  };
  const spread = {
    maxSkew: 5,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector,
  };
  return {
    metadata: { labels: { app: `app-${app}` } },
    spec: {
      containers: [{ name: 'main', resources: { requests: { cpu: '1', memory: '2Gi' } } }],
      ...(app % 10 === 0 ? { affinity: antiAffinity } : {}),
      ...(app % 5 === 1 ? { topologySpreadConstraints: [spread] } : {}),
    },
  };
};
