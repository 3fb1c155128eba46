import { describe, expect, it } from '@jest/globals';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import type { NodeFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import type { Finding, FindingCode } from '../../../src/domain/plan/decommission-plan.ts';
import type { NodeLockState, PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { NO_PLACEMENTS } from '../../../src/domain/scheduling/judged-placement.ts';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import { budget } from '../../builders/budget.ts';
import { node } from '../../builders/node.ts';
import { likely, noPlace, pinned, placements, unplaced } from '../../builders/placements.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import {
  countlessWorkload,
  replicaSet,
  selector,
  unreadableWorkload,
  workload,
  workloadIndex,
} from '../../builders/workload.ts';

type Severity = Finding['severity'] | 'none';

const withNode = (overrides: Partial<NodeFacts>): Partial<PreflightFacts> => ({
  nodes: [node(overrides), node({ name: 'node-2' })],
});
const heldBy = (takeover: 'closed' | 'open' | 'unknown'): NodeLockState => ({
  kind: 'foreign',
  holder: 'task 7',
  takeover,
});
const mirror = {
  mirror: true,
  controller: owner('v1', 'Node', 'node-1'),
  namespace: 'kube-system',
  labels: {},
} as const;
const jobIndex = workloadIndex(countlessWorkload('batch/v1', 'Job', 'job'));
const jobPod = { controller: owner('batch/v1', 'Job', 'job') } as const;
const daemonSetIndex = workloadIndex(countlessWorkload('apps/v1', 'DaemonSet', 'ds'));
const cordon = {
  key: 'node.kubernetes.io/unschedulable',
  operator: 'Exists',
  value: '',
  effect: 'NoSchedule',
} as const;

const severitiesOf = (
  code: FindingCode,
  facts: Partial<PreflightFacts>,
  request: Partial<DecommissionRequest>,
): Severity[] =>
  (['enforce', 'warn', 'skip'] as const).map((preflight) => {
    // Without preflight the scheduler is not asked.
    const skipped = preflight === 'skip' ? { placements: NO_PLACEMENTS } : {};
    const findings = checkPreflight(preflightFacts({ ...facts, ...skipped }, { ...request, preflight }));
    return findings.find((finding) => finding.code === code)?.severity ?? 'none';
  });

const always: Severity[] = ['refusal', 'refusal', 'refusal'];
const judged: Severity[] = ['refusal', 'warning', 'warning'];
const simulated: Severity[] = ['refusal', 'warning', 'none'];
const warning: Severity[] = ['warning', 'warning', 'warning'];
const info: Severity[] = ['info', 'info', 'info'];
const none: Severity[] = ['none', 'none', 'none'];

it('has no findings for a healthy node', () => {
  expect(checkPreflight(preflightFacts())).toEqual([]);
});

describe('checkPreflight on the node, under enforce, warn and skip', () => {
  it.each<[string, FindingCode, Partial<PreflightFacts>, Severity[]]>([
    ['no such node', 'NodeNotFound', { nodes: [node({ name: 'node-2' })] }, always],
    ['a node that is being deleted', 'NodeIsDeleting', withNode({ deleting: true }), always],
    [
      'a control-plane label',
      'ControlPlaneNode',
      withNode({ labels: { 'node-role.kubernetes.io/control-plane': '' } }),
      always,
    ],
    [
      'the older master label',
      'ControlPlaneNode',
      withNode({ labels: { 'node-role.kubernetes.io/master': '' } }),
      always,
    ],
    ['an etcd label', 'ControlPlaneNode', withNode({ labels: { 'node-role.kubernetes.io/etcd': 'true' } }), always],
    [
      'the label of MicroK8s',
      'ControlPlaneNode',
      withNode({ labels: { 'node.kubernetes.io/microk8s-controlplane': 'microk8s-controlplane' } }),
      always,
    ],
    [
      'a static API server by label',
      'ControlPlaneNode',
      { pods: [pod({ ...mirror, name: 'api', labels: { component: 'kube-apiserver' } })] },
      always,
    ],
    ['a static etcd by name', 'ControlPlaneNode', { pods: [pod({ ...mirror, name: 'etcd-node-1' })] }, always],
    ['another static pod', 'ControlPlaneNode', { pods: [pod({ ...mirror, name: 'proxy-node-1' })] }, none],
    ['a Karpenter node', 'ForeignOwner', withNode({ labels: { 'karpenter.sh/nodepool': 'spot' } }), always],
    [
      'a user annotation in its domain',
      'ForeignOwner',
      withNode({ annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }),
      none,
    ],
    ['a Cluster API node', 'ForeignOwner', withNode({ annotations: { 'cluster.x-k8s.io/machine': 'm-1' } }), always],
    ['an MCM node', 'ForeignOwner', withNode({ annotations: { 'node.machine.sapcloud.io/last-applied': '' } }), always],
    ['a Gardener node', 'ForeignOwner', withNode({ labels: { 'node.gardener.cloud/machine-name': 'm-1' } }), always],
    [
      'an owner reference of Karpenter',
      'ForeignOwner',
      withNode({ ownerReferences: [owner('karpenter.sh/v1', 'NodeClaim', 'c')] }),
      always,
    ],
    ['finalizers', 'NodeHasFinalizers', withNode({ finalizers: ['example.com/hold'] }), always],
    ['a node that is not Ready', 'NodeNotReady', withNode({ ready: false }), judged],
    ['an earlier cordon', 'AlreadyUnschedulable', withNode({ unschedulable: true }), info],
    ['a lock held by a running workflow', 'NodeLocked', { locks: { 'node-1': heldBy('open') } }, always],
    ['a lock whose workflow cannot be queried', 'NodeLocked', { locks: { 'node-1': heldBy('unknown') } }, always],
    ['a lock left by a closed workflow', 'NodeLocked', { locks: { 'node-1': heldBy('closed') } }, warning],
    ["the task's own lock", 'NodeLocked', { locks: { 'node-1': { kind: 'ours' } } }, none],
    ['a lock on another node', 'NodeLocked', { locks: { 'node-2': heldBy('open') } }, none],
    [
      'a deletion that a webhook denies',
      'NodeDeletionDenied',
      { nodeDeletionDryRuns: { 'node-1': { ok: false, message: 'no' } } },
      always,
    ],
    [
      'a missing permission',
      'MissingRights',
      { missingRights: [{ verb: 'create', group: '', resource: 'pods', subresource: 'eviction' }] },
      always,
    ],
    ['a worker of this program', 'OwnWorkerOnNode', { ownPods: [{ namespace: 'default', name: 'web-1-a' }] }, always],
    [
      'a worker of this program on another node',
      'OwnWorkerOnNode',
      { ownPods: [{ namespace: 'default', name: 'other' }] },
      none,
    ],
    [
      'a workload of a kind that may not be read',
      'NotChecked',
      { workloads: workloadIndex(unreadableWorkload('argoproj.io/v1', 'Rollout', 'web')) },
      info,
    ],
    ['a worker in this cluster without the name of its pod', 'NotChecked', { isOwnPodUnknown: true }, warning],
    ['something that could not be checked', 'NotChecked', { notChecked: ['the permissions to write'] }, info],
  ])('%s', (_name, code, facts, expected) => {
    expect(severitiesOf(code, facts, {})).toEqual(expected);
  });
});

describe('checkPreflight on the pods, under enforce, warn and skip', () => {
  const single = workloadIndex(replicaSet(), workload({ replicas: 1 }));
  const rolloutOwner = owner('argoproj.io/v1', 'Rollout', 'web');
  const unreadable = unreadableWorkload('argoproj.io/v1', 'Rollout', 'web');
  const rollout = { pods: [pod({ controller: rolloutOwner })], workloads: workloadIndex(unreadable) };
  const rolloutSet = (replicas: number): WorkloadFacts => replicaSet({ replicas, controller: rolloutOwner });
  const daemonSetPod = pod({ controller: owner('apps/v1', 'DaemonSet', 'ds') });

  it.each<[string, FindingCode, Partial<PreflightFacts>, Partial<DecommissionRequest>, Severity[]]>([
    ['a bare pod', 'BarePod', { pods: [barePod()] }, {}, always],
    ['a bare pod with consent', 'BarePod', { pods: [barePod()] }, { force: true }, warning],
    ['emptyDir', 'EmptyDirData', { pods: [pod({ emptyDirVolumes: ['tmp'] })] }, {}, always],
    [
      'emptyDir with consent',
      'EmptyDirData',
      { pods: [pod({ emptyDirVolumes: ['tmp'] })] },
      { deleteEmptyDirData: true },
      warning,
    ],
    [
      'a DaemonSet pod',
      'DaemonSetPod',
      { pods: [daemonSetPod], workloads: daemonSetIndex },
      { ignoreDaemonSets: false },
      always,
    ],
    ['an ignored DaemonSet pod', 'DaemonSetPod', { pods: [daemonSetPod], workloads: daemonSetIndex }, {}, none],
    ['a single replica', 'SingleReplica', { workloads: single }, {}, always],
    ['a single replica with consent', 'SingleReplica', { workloads: single }, { singleReplica: 'evict' }, warning],
    ['an owner that may not be read', 'SingleReplica', rollout, {}, always],
    ['an owner that may not be read, with consent', 'SingleReplica', rollout, { singleReplica: 'evict' }, warning],
    [
      'one replica of a ReplicaSet whose owner may not be read',
      'SingleReplica',
      { workloads: workloadIndex(rolloutSet(1), unreadable) },
      {},
      always,
    ],
    [
      'several replicas of a ReplicaSet whose owner may not be read',
      'SingleReplica',
      { workloads: workloadIndex(rolloutSet(3), unreadable) },
      {},
      none,
    ],
    ['a finished single replica', 'SingleReplica', { workloads: single, pods: [pod({ phase: 'Failed' })] }, {}, none],
    [
      'safe-to-evict false',
      'NotSafeToEvict',
      { pods: [pod({ annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } })] },
      {},
      judged,
    ],
    [
      'safe-to-evict true',
      'NotSafeToEvict',
      { pods: [pod({ annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } })] },
      {},
      none,
    ],
    [
      'do-not-disrupt',
      'NotSafeToEvict',
      { pods: [pod({ annotations: { 'karpenter.sh/do-not-disrupt': 'true' } })] },
      {},
      judged,
    ],
    ['a Job', 'JobStartsOver', { pods: [pod(jobPod)], workloads: jobIndex }, {}, info],
    [
      'a finished Job pod',
      'JobStartsOver',
      { pods: [pod({ ...jobPod, phase: 'Succeeded' })], workloads: jobIndex },
      {},
      none,
    ],
    ['a pod that tolerates the cordon', 'ToleratesCordon', { pods: [pod({ tolerations: [cordon] })] }, {}, info],
    [
      'a DaemonSet pod that tolerates the cordon',
      'ToleratesCordon',
      { pods: [{ ...daemonSetPod, tolerations: [cordon] }], workloads: daemonSetIndex },
      {},
      none,
    ],
    ['a finished pod', 'FinishedPod', { pods: [pod({ phase: 'Succeeded' })] }, {}, info],
    ['a terminating bare pod', 'BarePod', { pods: [barePod({ deletionTimestamp: '2026-01-01T00:00:00Z' })] }, {}, none],
    ['a bare pod on another node', 'BarePod', { pods: [barePod({ nodeName: 'node-2' })] }, {}, none],
    ['a pod that does not fit', 'PodDoesNotFit', { placements: placements({ 'web-1-a': unplaced() }) }, {}, simulated],
    [
      'a pod that lacks room, where an autoscaler adds nodes',
      'PodDoesNotFit',
      { placements: placements({ 'web-1-a': unplaced() }) },
      { assumeAutoscaling: true },
      ['warning', 'warning', 'none'],
    ],
    [
      'a pod that lacks something else than room, where an autoscaler adds nodes',
      'PodDoesNotFit',
      { placements: placements({ 'web-1-a': unplaced(noPlace({ plugins: ['NodePorts'] })) }) },
      { assumeAutoscaling: true },
      simulated,
    ],
    [
      'a pod that fits in some trials',
      'PodMayNotFit',
      { placements: placements({ 'web-1-a': likely() }) },
      {},
      ['warning', 'warning', 'none'],
    ],
    [
      'pods of which one is left over in every trial',
      'NoRoomTogether',
      { placements: placements({ 'web-1-a': likely() }, { unplacedAtBest: ['uid-default-web-1-a'] }) },
      {},
      simulated,
    ],
    [
      'the same, where an autoscaler adds nodes',
      'NoRoomTogether',
      { placements: placements({ 'web-1-a': likely() }, { unplacedAtBest: ['uid-default-web-1-a'] }) },
      { assumeAutoscaling: true },
      ['warning', 'warning', 'none'],
    ],
    [
      'a pod that fits once the nodes are deleted',
      'PodPendingUntilDeletion',
      { placements: placements({ 'web-1-a': likely({ isPlacedAfterDeletion: true }) }) },
      {},
      ['warning', 'warning', 'none'],
    ],
    [
      'a pod that is pinned',
      'PodPinnedToNode',
      {
        pods: [pod({ nodeSelector: { 'kubernetes.io/hostname': 'node-1' } })],
        placements: placements({ 'web-1-a': pinned() }),
      },
      {},
      simulated,
    ],
    [
      'a pod whose placement is unknown',
      'PodPlacementUnknown',
      { placements: placements({ 'web-1-a': { verdict: 'unknown', message: 'the pod uses scheduler volcano' } }) },
      {},
      ['warning', 'warning', 'none'],
    ],
    [
      'a bare pod that does not fit is not recreated',
      'PodDoesNotFit',
      { pods: [barePod({ requests: { cpu: 9000 } })] },
      { force: true },
      none,
    ],
    [
      'a budget that never allows',
      'BudgetNeverAllows',
      { budgets: [budget({ disruptionsAllowed: 0, desiredHealthy: 3 })] },
      {},
      simulated,
    ],
    [
      'a budget that waits',
      'BudgetNeverAllows',
      { budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 2 })] },
      {},
      none,
    ],
    [
      'a budget that waits',
      'BudgetWaits',
      { budgets: [budget({ disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 })] },
      {},
      ['warning', 'warning', 'none'],
    ],
    [
      'two budgets on a pod',
      'MultipleBudgets',
      { budgets: [budget(), budget({ name: 'all', selector: selector({}) })] },
      {},
      simulated,
    ],
    [
      'a selector that would overlap',
      'BudgetWouldOverlap',
      { pods: [pod(), barePod({ labels: { app: 'web' }, nodeName: 'node-2' })] },
      {},
      warning,
    ],
  ])('%s', (_name, code, facts, request, expected) => {
    expect(severitiesOf(code, facts, request)).toEqual(expected);
  });
});
