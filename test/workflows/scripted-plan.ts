import type { DecommissionPlan, PodPlan } from '../../src/domain/plan/decommission-plan.ts';
import { hostLayout } from '../builders/host-facts.ts';

/** By node name. */
export interface PlannedNodes {
  readonly plannedPods: ReadonlyMap<string, readonly PodPlan[]>;
  /** Nodes whose host preflight could not check. */
  readonly hostless: ReadonlySet<string>;
  readonly zones: ReadonlyMap<string, string>;
}

/** Of these nodes, without a finding. */
export const scriptedPlan = (
  taskId: string,
  cluster: string,
  nodeNames: readonly string[],
  { plannedPods, hostless, zones }: PlannedNodes,
): DecommissionPlan => ({
  version: 1,
  taskId,
  cluster,
  clusterIdentity: { kubeSystemUid: 'uid-kube-system', caHashes: ['ca-1'] },
  createdAt: new Date().toISOString(),
  verdict: 'Go',
  nodes: nodeNames.map((nodeName) => ({
    nodeName,
    nodeUid: `uid-${nodeName}`,
    machineID: `machine-${nodeName}`,
    systemUUID: '',
    addresses: [],
    bootID: '',
    wasUnschedulable: false,
    ...(hostless.has(nodeName) ? {} : { host: hostLayout() }),
    ...(zones.has(nodeName) ? { zone: zones.get(nodeName)! } : {}),
    leavingPodCount: plannedPods.get(nodeName)?.length ?? 0,
    pods: plannedPods.get(nodeName) ?? [],
  })),
  budgets: [],
  forecasts: [],
  findings: [],
});
