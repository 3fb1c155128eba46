import type { DecommissionRequest } from '../../src/domain/request/decommission-request.ts';
import type { PreflightFacts } from '../../src/domain/preflight/facts.ts';
import { decommissionRequest } from './decommission-request.ts';
import { node } from './node.ts';
import { placements } from './placements.ts';
import { pod } from './pod.ts';
import { replicaSet, workload, workloadIndex } from './workload.ts';

/** The pods of Deployment `web` on `node-2`. */
export const PODS_ELSEWHERE = [
  pod({ name: 'web-1-b', nodeName: 'node-2' }),
  pod({ name: 'web-1-c', nodeName: 'node-2' }),
];

/** `node-1` with one pod of Deployment `web` (3 replicas), the other two on `node-2`: no findings. */
export const preflightFacts = (
  overrides: Partial<PreflightFacts> = {},
  request: Partial<DecommissionRequest> = {},
): PreflightFacts => ({
  request: decommissionRequest(request),
  clusterIdentity: { kubeSystemUid: 'uid-kube-system', caHashes: [] },
  nodes: [node(), node({ name: 'node-2' })],
  pods: [pod(), ...PODS_ELSEWHERE],
  workloads: workloadIndex(replicaSet(), workload()),
  budgets: [],
  claims: [],
  volumes: [],
  placements: placements({
    'web-1-a': { verdict: 'fits', nodeName: 'node-2', message: 'node-2 has room' },
  }),
  attachments: [],
  locks: {},
  missingRights: [],
  nodeDeletionDryRuns: { 'node-1': { ok: true } },
  replacementTrials: [],
  budgetTrials: [],
  hosts: {},
  ownPods: [],
  notChecked: [],
  ...overrides,
});
