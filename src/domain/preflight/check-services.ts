import { covers } from '../budgets/covering.ts';
import type { PodFacts } from '../cluster/facts.ts';
import { isTerminating, toPodName } from '../cluster/pod-state.ts';
import { selectPodsOfService, type ServiceFacts } from '../cluster/service.ts';
import { findWorkload } from '../cluster/workload-index.ts';
import { leavesBalancers } from '../node/balancer-label.ts';
import type { DecommissionRequest } from '../request/decommission-request.ts';
import { toShortList } from '../text/counts.ts';
import { findLeaving } from './assess-nodes.ts';
import type { Assessment } from './assessment.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/**
 * Services whose ready pods all leave and of which no budget keeps one: for some time they have no endpoint. A Service of which a budget
 * keeps a pod loses them one after another, each after the replacement of the one before is ready. With `externalTrafficPolicy: Local` that
 * does not help clients from outside: external load balancers leave the node before its first eviction.
 */
export const checkServices = (facts: PreflightFacts, assessment: Assessment): readonly Observation[] => {
  const lost = findLostPods(facts, assessment);
  const namespaces = new Set([...lost].map(({ namespace }) => namespace));
  const endpoints = facts.pods.filter(
    (pod) => namespaces.has(pod.namespace) && pod.ready && pod.nodeName !== '' && !isTerminating(pod),
  );
  return (facts.services ?? [])
    .filter(({ namespace }) => namespaces.has(namespace))
    .flatMap((service) => {
      const own = selectPodsOfService(endpoints, service);
      if (own.length === 0 || own.some((pod) => !lost.has(pod))) return [];
      if (!isOneKept(own, facts, assessment)) return [toLastEndpoint(service, own)];
      return isExcludedAtOnce(service, own, facts.request) ? [toLocalTraffic(service, own)] : [];
    });
};

/** Those that are evicted, and with the Node also those that a drain leaves on it. */
const findLostPods = ({ request, pods }: PreflightFacts, { nodes }: Assessment): ReadonlySet<PodFacts> =>
  new Set(
    request.deleteNode
      ? pods.filter(({ nodeName }) => request.nodeNames.includes(nodeName))
      : findLeaving(nodes).map(({ pod }) => pod),
  );

/** By a budget, or because the second replica is there before the only one leaves. */
const isOneKept = (
  own: readonly PodFacts[],
  { request, workloads }: PreflightFacts,
  { nodes, budgets }: Assessment,
): boolean => {
  const evicted = new Set(findLeaving(nodes).map(({ pod }) => pod));
  if (request.singleReplica === 'surge' && own.every((pod) => findWorkload(pod, workloads)?.replicas === 1))
    return true;
  return budgets.some((budget) => {
    const covered = own.filter((pod) => evicted.has(pod) && covers(budget, pod));
    return covered.length > Math.max(0, budget.expectedPods - budget.desiredHealthy);
  });
};

/** Pods on several nodes that are removed: those of the others still serve. */
const isExcludedAtOnce = (
  { isLocalOnly }: ServiceFacts,
  own: readonly PodFacts[],
  request: DecommissionRequest,
): boolean =>
  isLocalOnly === true && leavesBalancers(request) && new Set(own.map(({ nodeName }) => nodeName)).size === 1;

const toPodList = (own: readonly PodFacts[]): string => toShortList(own.map(toPodName).sort(), 5);

const toLocalTraffic = ({ namespace, name }: ServiceFacts, own: readonly PodFacts[]): Observation => ({
  code: 'LocalTrafficLost',
  subject: `${namespace}/${name}`,
  message:
    `Service ${namespace}/${name} has externalTrafficPolicy: Local, and ready pods only on node ${own[0]?.nodeName ?? ''} (${toPodList(own)}): external load ` +
    'balancers stop using that node before its first eviction, and other nodes drop this traffic until a pod is ready there: start one on ' +
    'another node first',
});

const toLastEndpoint = ({ namespace, name }: ServiceFacts, own: readonly PodFacts[]): Observation => ({
  code: 'LastEndpointOfService',
  subject: `${namespace}/${name}`,
  message:
    `Service ${namespace}/${name} has ready pods only on the nodes to remove (${toPodList(own)}), and no budget ` +
    'keeps one of them: its clients get no answer until another pod is ready: start one on another node first',
});
