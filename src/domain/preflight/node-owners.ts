import { toApiGroup } from '../cluster/object-kind.ts';
import type { NodeFacts } from '../cluster/facts.ts';

interface KnownOwner {
  readonly name: string;
  /** What the operator should do instead. */
  readonly instead: string;
  /** Exact label or annotation keys. */
  readonly keys: readonly string[];
  /** Prefix domains of labels and annotations, subdomains included; also API groups of owner references. */
  readonly domains: readonly string[];
  /** API groups of owner references only. */
  readonly groups: readonly string[];
  /** The command for that, if the Node names the object. */
  readonly toCommand?: (node: NodeFacts) => string | undefined;
}

/** Annotations may have any text: only a name that is one word of a shell becomes part of a command. */
const toName = (text: string | undefined): string | undefined => /^[a-z\d][a-z\d.-]*$/.exec(text ?? '')?.[0];

const toKarpenterCommand = ({ ownerReferences }: NodeFacts): string | undefined => {
  const name = toName(ownerReferences.find(({ kind }) => kind === 'NodeClaim')?.name);
  return name === undefined ? undefined : `kubectl delete nodeclaims.karpenter.sh ${name}`;
};

/** In the management cluster. */
const toClusterApiCommand = ({ annotations }: NodeFacts): string | undefined => {
  const name = toName(annotations['cluster.x-k8s.io/machine']);
  const namespace = toName(annotations['cluster.x-k8s.io/cluster-namespace']);
  if (name === undefined || namespace === undefined) return undefined;
  return `kubectl delete machines.cluster.x-k8s.io ${name} --namespace ${namespace}`;
};

/** The annotation is `<namespace>/<name>`. */
const toOpenShiftCommand = ({ annotations }: NodeFacts): string | undefined => {
  const [namespace, name] = (annotations['machine.openshift.io/machine'] ?? '').split('/').map(toName);
  if (name === undefined || namespace === undefined) return undefined;
  return `oc delete machines.machine.openshift.io ${name} --namespace ${namespace}`;
};

const KNOWN_OWNERS: readonly KnownOwner[] = [
  {
    name: 'Karpenter',
    instead: 'delete its NodeClaim',
    // Users may set karpenter.sh/do-not-disrupt on any node, so the domain alone proves nothing.
    keys: ['karpenter.sh/nodepool', 'karpenter.sh/provisioner-name', 'karpenter.sh/registered'],
    domains: [],
    groups: ['karpenter.sh'],
    toCommand: toKarpenterCommand,
  },
  {
    name: 'Cluster API',
    instead: 'delete its Machine in the management cluster',
    keys: [],
    domains: ['cluster.x-k8s.io'],
    groups: [],
    toCommand: toClusterApiCommand,
  },
  {
    name: 'Gardener machine-controller-manager',
    instead: 'delete its Machine',
    keys: [],
    domains: ['machine.sapcloud.io', 'node.gardener.cloud'],
    groups: [],
  },
  {
    name: 'OpenShift Machine API',
    instead: 'delete its Machine',
    keys: ['machine.openshift.io/machine'],
    domains: [],
    groups: ['machine.openshift.io'],
    toCommand: toOpenShiftCommand,
  },
];

/** The controller whose deletion logic deleting the Node would trigger; undefined when the Node has no mark of one. */
export const findNodeOwner = (node: NodeFacts): { readonly name: string; readonly instead: string } | undefined => {
  const owner = KNOWN_OWNERS.find((each) => hasMark(node, each));
  if (owner === undefined) return undefined;
  const command = owner.toCommand?.(node);
  return { name: owner.name, instead: `${owner.instead}${command === undefined ? '' : ` (\`${command}\`)`}` };
};

const hasMark = (node: NodeFacts, { keys, domains, groups }: KnownOwner): boolean => {
  const marks = [...Object.keys(node.labels), ...Object.keys(node.annotations)];
  const ownerGroups = node.ownerReferences.map(({ apiVersion }) => toApiGroup(apiVersion));
  return (
    marks.some((key) => keys.includes(key) || isUnder(toPrefix(key), domains)) ||
    ownerGroups.some((group) => groups.includes(group) || isUnder(group, domains))
  );
};

const isUnder = (name: string, domains: readonly string[]): boolean =>
  domains.some((domain) => name === domain || name.endsWith(`.${domain}`));

const toPrefix = (key: string): string => key.slice(0, Math.max(0, key.indexOf('/')));
