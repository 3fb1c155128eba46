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
}

const KNOWN_OWNERS: readonly KnownOwner[] = [
  {
    name: 'Karpenter',
    instead: 'delete its NodeClaim',
    // Users may set karpenter.sh/do-not-disrupt on any node, so the domain alone proves nothing.
    keys: ['karpenter.sh/nodepool', 'karpenter.sh/provisioner-name', 'karpenter.sh/registered'],
    domains: [],
    groups: ['karpenter.sh'],
  },
  { name: 'Cluster API', instead: 'delete its Machine', keys: [], domains: ['cluster.x-k8s.io'], groups: [] },
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
  },
];

/** The controller whose deletion logic deleting the Node would trigger; undefined when the Node has no mark of one. */
export const findNodeOwner = (node: NodeFacts): { readonly name: string; readonly instead: string } | undefined =>
  KNOWN_OWNERS.find((owner) => hasMark(node, owner));

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
