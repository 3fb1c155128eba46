import type { PodFacts } from '../cluster/facts.ts';
import { isFinished, isTerminating, toPodName } from '../cluster/pod-state.ts';
import { selectsPod, type ServiceFacts } from '../cluster/service.ts';
import { toNames, type TemporalServer } from '../run/temporal-server.ts';
import type { PreflightFacts } from './facts.ts';
import type { Observation } from './findings.ts';

/**
 * Pods of the Temporal server that this worker is connected to, on the nodes: the run stops while it does not answer. A refusal where no
 * other pod of the same component is ready elsewhere.
 */
export const checkTemporal = ({ temporal, services, pods, request }: PreflightFacts): readonly Observation[] => {
  if (temporal === undefined) return [];
  const live = pods.filter((pod) => !isFinished(pod) && !isTerminating(pod));
  const own = findTemporalPods(temporal, services ?? [], live);
  const [leaving, staying] = [
    own.filter(({ nodeName }) => request.nodeNames.includes(nodeName)),
    own.filter(({ nodeName, ready }) => ready && !request.nodeNames.includes(nodeName)),
  ];
  return leaving.map((pod): Observation => {
    const about = { code: 'OwnTemporalOnNode', subject: toPodName(pod), nodeName: pod.nodeName } as const;
    const lead = `pod ${toPodName(pod)} is part of the Temporal server that this worker uses (${temporal.address})`;
    return staying.some((other) => toComponent(other) === toComponent(pod))
      ? { ...about, message: `${lead}: others of its kind run on other nodes`, asSeverity: 'warning' }
      : {
          ...about,
          message: `${lead}, and no other of its kind is ready on another node: once it is evicted, the run stops until its replacement is ready, and can neither continue nor be undone before: move it to another node first`,
        };
  });
};

/**
 * Those that the address leads to, and those of the same Helm release. A name or an address inside a cluster is only compared when the
 * worker runs in this cluster: other clusters use the same ones.
 */
const findTemporalPods = (
  { address, addresses, isInCluster }: TemporalServer,
  services: readonly ServiceFacts[],
  pods: readonly PodFacts[],
): readonly PodFacts[] => {
  const names = toNames(address);
  const isOwn = (service: ServiceFacts): boolean =>
    service.externalAddresses.some((each) => each === names.host || addresses.includes(each)) ||
    (isInCluster &&
      (names.services.includes(`${service.name}.${service.namespace}`) ||
        service.clusterIPs.some((each) => addresses.includes(each))));
  const own = services.filter(isOwn);
  const reached = pods.filter(
    (pod) =>
      own.some((service) => selectsPod(service, pod)) ||
      (isInCluster && !pod.hostNetwork && pod.ips.some((ip) => addresses.includes(ip))),
  );
  const releases = new Set(reached.flatMap(toRelease));
  return pods.filter((pod) => reached.includes(pod) || toRelease(pod).some((release) => releases.has(release)));
};

/** By the labels that Temporal's Helm chart, like most charts, sets; none when one of them is missing. */
const toRelease = ({ namespace, labels }: PodFacts): readonly string[] => {
  const [name, instance] = [labels['app.kubernetes.io/name'], labels['app.kubernetes.io/instance']];
  return name === undefined || instance === undefined ? [] : [`${namespace}/${name}/${instance}`];
};

/** Pods that can replace each other: of one component of the release, else of one controller. */
const toComponent = ({ labels, controller, uid }: PodFacts): string =>
  labels['app.kubernetes.io/component'] ?? controller?.uid ?? uid;
