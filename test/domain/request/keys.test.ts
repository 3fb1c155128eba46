import { describe, expect, it } from '@jest/globals';
import { REQUEST_KEYS, REQUEST_SPELLINGS, toCanonicalKey, type RequestKey } from '../../../src/domain/request/keys.ts';

const SPELLINGS: [RequestKey, string[]][] = [
  ['nodeNames', ['nodeNames', 'node_names', 'Nodenames']],
  ['taskId', ['taskId', 'task_id', 'id']],
  ['requestedBy', ['requestedBy', 'requested_by']],
  ['reason', ['reason']],
  ['cluster', ['cluster', 'cluster_id']],
  ['force', ['force']],
  ['ignoreDaemonSets', ['ignoreDaemonSets', 'ignore_daemon_sets', 'ignore_daemonsets']],
  ['daemonSets', ['daemonSets', 'daemon_sets']],
  ['deleteEmptyDirData', ['deleteEmptyDirData', 'delete_empty_dir_data', 'delete_local_data', 'deleteLocalData']],
  ['timeoutSeconds', ['timeoutSeconds', 'timeout_seconds', 'timeout']],
  ['onTimeout', ['onTimeout', 'on_timeout']],
  ['gracePeriodSeconds', ['gracePeriodSeconds', 'grace_period_seconds']],
  ['maxUnavailable', ['maxUnavailable', 'max_unavailable']],
  ['replicaSets', ['replicaSets', 'replica_sets', 'replica_set_list']],
  ['statefulSets', ['statefulSets', 'stateful_sets', 'stateful_set_list']],
  ['cloneSets', ['cloneSets', 'clone_sets', 'clone_set_list']],
  ['preflight', ['preflight']],
  ['assumeAutoscaling', ['assumeAutoscaling', 'assume_autoscaling']],
  ['singleReplica', ['singleReplica', 'single_replica']],
  ['jobs', ['jobs']],
  ['keepPods', ['keepPods', 'keep_pods']],
  ['waitForReplacements', ['waitForReplacements', 'wait_for_replacements']],
  ['deadNode', ['deadNode', 'dead_node']],
  ['hostCleanup', ['hostCleanup', 'host_cleanup']],
  ['deleteNode', ['deleteNode', 'delete_node']],
  ['maxConcurrentNodes', ['maxConcurrentNodes', 'max_concurrent_nodes']],
  ['maxConcurrentPerZone', ['maxConcurrentPerZone', 'max_concurrent_per_zone']],
  ['oneZoneAtATime', ['oneZoneAtATime', 'one_zone_at_a_time']],
  ['nodeOrder', ['nodeOrder', 'node_order']],
  ['cordon', ['cordon']],
  ['stopAfterFailures', ['stopAfterFailures', 'stop_after_failures']],
  ['onNodeParked', ['onNodeParked', 'on_node_parked']],
  ['windows', ['windows']],
  ['onWindowClose', ['onWindowClose', 'on_window_close']],
  ['approval', ['approval']],
  ['dryRun', ['dryRun', 'dry_run']],
  ['expectedPlan', ['expectedPlan', 'expected_plan']],
];

describe('request keys', () => {
  it.each(SPELLINGS)('%s is spelled %j', (key, spellings) => {
    expect(REQUEST_SPELLINGS.filter((spelling) => toCanonicalKey(spelling) === key)).toEqual(spellings);
  });

  it('are exactly these', () => {
    expect(REQUEST_KEYS).toEqual(SPELLINGS.map(([key]) => key));
  });

  it.each(['__proto__', 'constructor', 'toString', 'NodeNames', '', 'maxUnavailableGiven'])(
    'do not include %j',
    (text) => {
      expect(toCanonicalKey(text)).toBeUndefined();
    },
  );
});
