import type { NodeFacts, PodFacts } from '../cluster/facts.ts';

const ROLE_LABELS: readonly string[] = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/master',
  'node-role.kubernetes.io/etcd',
  // MicroK8s runs its control plane as host services, without static pods.
  'node.kubernetes.io/microk8s-controlplane',
];
const COMPONENTS: readonly string[] = ['kube-apiserver', 'etcd'];

/** The label or static pod that identifies a control-plane or etcd node, for messages; undefined when there is none. */
export const findControlPlaneSign = (node: NodeFacts, podsOnNode: readonly PodFacts[]): string | undefined => {
  const label = ROLE_LABELS.find((key) => key in node.labels);
  if (label !== undefined) return `label ${label}`;
  const staticPod = podsOnNode.find((pod) => pod.mirror && runsControlPlane(pod));
  return staticPod === undefined ? undefined : `static pod ${staticPod.namespace}/${staticPod.name}`;
};

/** By kubeadm's label, or by the name that the kubelet assigns to a static pod: `<manifest>-<node>`. */
const runsControlPlane = ({ name, nodeName, labels }: PodFacts): boolean =>
  COMPONENTS.some((component) => labels['component'] === component || name === `${component}-${nodeName}`);
