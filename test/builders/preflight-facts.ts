import type { DecommissionRequest } from '../../src/domain/request/decommission-request.ts';
import type { PreflightFacts } from '../../src/domain/preflight/facts.ts';
import { decommissionRequest } from './decommission-request.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { replicaSet, workload, workloadIndex } from './workload.ts';

/** `node-1` with one pod of Deployment `web` (3 replicas), and an empty `node-2`: no findings. */
export const preflightFacts = (
  overrides: Partial<PreflightFacts> = {},
  request: Partial<DecommissionRequest> = {},
): PreflightFacts => ({
  request: decommissionRequest(request),
  clusterIdentity: { kubeSystemUid: 'uid-kube-system', caHash: '' },
  nodes: [node(), node({ name: 'node-2' })],
  pods: [pod()],
  workloads: workloadIndex(replicaSet(), workload()),
  budgets: [],
  claims: [],
  volumes: [],
  attachments: [],
  locks: {},
  missingRights: [],
  nodeDeletionDryRuns: { 'node-1': { ok: true } },
  hosts: {},
  ownPods: [],
  notChecked: [],
  ...overrides,
});
