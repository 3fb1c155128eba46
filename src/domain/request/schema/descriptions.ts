import type { RequestKey } from '../keys.ts';

/** What each key means: the table of keys in the README and the schema have the same words. */
export const REQUEST_DESCRIPTIONS: Readonly<Record<RequestKey, string>> = {
  nodeNames: 'unique node names',
  taskId: 'the same id finds the same drain again',
  requestedBy: 'recorded in the report and on the node',
  reason: 'recorded in the report and on the node',
  cluster: "a name from the worker's configuration",
  force: 'allow evicting unmanaged pods, which are not recreated',
  ignoreDaemonSets: 'leave DaemonSet pods on the node; false: fail if there are any',
  daemonSets:
    'DaemonSet pods, once the node is empty: evicted before the kubelet is stopped or the Node deleted; `leave`: they end with it',
  deleteEmptyDirData: 'allow losing the data in emptyDir volumes',
  timeoutSeconds: 'limits the drain of one node, without pauses; 0 = no limit',
  onTimeout: '`delete`: pods that are left shortly before that limit are deleted without regard to their budgets',
  gracePeriodSeconds: "-1 = each pod's own",
  maxUnavailable:
    'of the budgets that the task creates, and of workloads without a budget; 1 for StatefulSets unless it is set',
  replicaSets:
    '`{namespace, name}[]`: only these get budgets; three empty lists: no budgets, and no limit without them',
  statefulSets:
    '`{namespace, name}[]`: only these get budgets; three empty lists: no budgets, and no limit without them',
  cloneSets: '`{namespace, name}[]`: only these get budgets; three empty lists: no budgets, and no limit without them',
  preflight: '`warn` records findings and proceeds, `skip` skips placement and forecast; safety refusals always apply',
  assumeAutoscaling: 'too little room for the pods is a warning, because an autoscaler adds nodes',
  singleReplica: '`surge` starts a second replica first and waits for it, `evict` accepts the outage',
  jobs: '`waitForCompletion`: pods of Jobs are not evicted before they have ended, within `timeoutSeconds`',
  keepPods: 'label selector of pods that stay; only with `deleteNode: false` and `hostCleanup: skip`',
  waitForReplacements:
    'drained only once the workloads have as many Ready pods as before, within `timeoutSeconds`; false: once the node is empty',
  deadNode:
    'a node whose kubelet does not report: `outOfService` marks it once `approve --machine-is-off` confirms its machine is off',
  hostCleanup: '`bestEffort` proceeds without a host that is not available, `skip` leaves the host alone',
  deleteNode: 'false: drain only, the node stays cordoned; `uncordon` gives it back',
  maxConcurrentNodes: "nodes at once, or a percentage of the task's nodes, rounded down to at least one",
  maxConcurrentPerZone: 'nodes of one zone (`topology.kubernetes.io/zone`) at once, those of other tasks included',
  oneZoneAtATime: 'all nodes of a zone end before the next zone starts; other tasks work in no other zone meanwhile',
  nodeOrder: 'or `fewestPodsFirst`, or `zoneByZone`',
  cordon: '`inTurn`: each node when it starts; until then, a taint keeps pods off it if they fit elsewhere',
  stopAfterFailures: 'after so many nodes that were not decommissioned, no other starts, and the rest is undone',
  onNodeParked: 'while a node waits for an operator: `wait` starts no other, `continue` does, `stop` undoes the rest',
  windows: '`{cron, timeZone, durationMinutes}[]`: nodes start only while one of them is open',
  onWindowClose:
    'a node that drains when the window closes finishes, or with `pause` sends no other eviction until the next one opens',
  approval: 'each node waits for `approve`: `beforeEviction`, or `beforeNodeDeletion`, when it is drained',
  dryRun: 'plan and report, change nothing',
  expectedPlan: 'part of a file that `plan --out` wrote: the run is refused if it would do more than that plan',
};
