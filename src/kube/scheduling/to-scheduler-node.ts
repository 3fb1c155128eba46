import type { V1Node, V1Taint } from '@kubernetes/client-node';
import type { SchedulerObject } from '../../domain/scheduling/scheduler-facts.ts';
import type { Wire } from '../transport/wire.ts';
import { pick } from './pick.ts';

/** The node controller writes it some seconds after a node has stopped being Ready. */
const NOT_READY: Wire<V1Taint> = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/**
 * The part of a Node that kube-scheduler reads. A node that is not Ready has the taint for that even before it is written, and one that
 * is being deleted takes no pod: both would be chosen otherwise.
 */
export const toSchedulerNode = (node: Wire<V1Node>): SchedulerObject => {
  const { metadata, spec, status } = node;
  const isUnschedulable = spec?.unschedulable === true || metadata?.deletionTimestamp !== undefined;
  return {
    metadata: pick(metadata ?? {}, ['name', 'uid', 'labels']),
    spec: { ...(isUnschedulable ? { unschedulable: true } : {}), taints: toTaints(node) },
    status: pick(status ?? {}, ['allocatable', 'images', 'declaredFeatures']),
  };
};

const toTaints = ({ spec, status }: Wire<V1Node>): readonly Wire<V1Taint>[] => {
  const taints = spec?.taints ?? [];
  const isReady = (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
  const isTainted = taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect);
  return isReady || isTainted ? taints : [...taints, NOT_READY];
};
