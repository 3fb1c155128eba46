import type { V1Node, V1NodeSpec, V1NodeStatus, V1ObjectMeta, V1Taint } from '@kubernetes/client-node';
import type { NodeFacts, Taint } from '../../domain/cluster/facts.ts';
import { toAmounts } from './resource-quantity.ts';
import { toIdentity, toOwnerReferences } from './to-metadata.ts';
import type { Wire } from '../transport/wire.ts';

/** @throws RangeError: an allocatable amount is not a quantity. */
export const toNodeFacts = (node: Wire<V1Node>): NodeFacts => {
  const { name, uid, resourceVersion } = toIdentity(node.metadata);
  return {
    name,
    uid,
    resourceVersion,
    ...toMetadataFacts(node.metadata),
    ...toSpecFacts(node.spec ?? {}),
    ...toStatusFacts(node.status ?? {}),
  };
};

const toSpecFacts = ({
  providerID,
  unschedulable = false,
  taints = [],
}: Wire<V1NodeSpec>): Pick<NodeFacts, 'providerID' | 'unschedulable' | 'taints'> => ({
  ...(providerID === undefined || providerID === '' ? {} : { providerID }),
  unschedulable,
  taints: taints.map(toTaint),
});

type MetadataFacts = Pick<NodeFacts, 'deleting' | 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'>;

const toMetadataFacts = (metadata: Wire<V1ObjectMeta> = {}): MetadataFacts => ({
  deleting: metadata.deletionTimestamp !== undefined,
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  finalizers: metadata.finalizers ?? [],
  ownerReferences: toOwnerReferences(metadata),
});

const toTaint = (taint: Wire<V1Taint>): Taint => ({
  key: taint.key,
  value: taint.value ?? '',
  effect: taint.effect as Taint['effect'],
  ...(taint.timeAdded === undefined ? {} : { timeAdded: taint.timeAdded }),
});

type StatusFacts = Pick<
  NodeFacts,
  'ready' | 'notReadySince' | 'isSilent' | 'allocatable' | 'addresses' | 'machineID' | 'systemUUID' | 'bootID'
>;

const toStatusFacts = (status: Wire<V1NodeStatus>): StatusFacts => ({
  ...toReadiness(status),
  allocatable: toAmounts(status.allocatable),
  addresses: (status.addresses ?? []).map(({ type, address }) => `${type}=${address}`),
  machineID: status.nodeInfo?.machineID ?? '',
  systemUUID: status.nodeInfo?.systemUUID ?? '',
  bootID: status.nodeInfo?.bootID ?? '',
});

const toReadiness = ({ conditions }: Wire<V1NodeStatus>): Pick<NodeFacts, 'ready' | 'notReadySince' | 'isSilent'> => {
  const condition = conditions?.find(({ type }) => type === 'Ready');
  if (condition?.status === 'True') return { ready: true };
  const since = condition?.lastTransitionTime;
  return {
    ready: false,
    ...(since === undefined ? {} : { notReadySince: since }),
    ...(condition?.status === 'Unknown' ? { isSilent: true } : {}),
  };
};
