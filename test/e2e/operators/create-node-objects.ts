import { customDefinition } from '../../../stack/cluster-fixtures/custom-definition.ts';
import type { KubernetesObject } from '../../../stack/cluster-fixtures/kubernetes-object.ts';
import type { Stack } from '../../../stack/stack.ts';

const CALICO = { group: 'crd.projectcalico.org', version: 'v1', scope: 'Cluster' } as const;

/** Groups, versions and scopes as in the definitions of cilium/cilium and projectcalico/calico. */
const DEFINITIONS = [
  customDefinition({ group: 'cilium.io', version: 'v2', kind: 'CiliumNode', plural: 'ciliumnodes', scope: 'Cluster' }),
  customDefinition({ ...CALICO, kind: 'BlockAffinity', plural: 'blockaffinities' }),
  customDefinition({ ...CALICO, kind: 'IPAMBlock', plural: 'ipamblocks' }),
];

/**
 * What a kubelet, Cilium and Calico keep for this node: a CSINode and a Lease that the Node owns, and a CiliumNode and a block of Calico
 * that it does not own. Neither Cilium nor Calico runs.
 */
export const createNodeObjects = async (stack: Stack, { metadata }: KubernetesObject): Promise<void> => {
  const { name } = metadata;
  const { uid } = (await stack.api.read(`/api/v1/nodes/${name}`)).metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
  await stack.apply([
    ...DEFINITIONS,
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: { name, ownerReferences },
      spec: { drivers: [] },
    },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease', ownerReferences },
      spec: { holderIdentity: name },
    },
    { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name }, spec: {} },
    {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BlockAffinity',
      metadata: { name: `${name}-10-1-2-0-26` },
      spec: { cidr: '10.1.2.0/26', deleted: 'false', node: name, state: 'confirmed' },
    },
    {
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPAMBlock',
      metadata: { name: '10-1-2-0-26' },
      spec: { affinity: `host:${name}`, cidr: '10.1.2.0/26' },
    },
  ]);
};
