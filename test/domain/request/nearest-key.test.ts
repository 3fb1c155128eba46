import { describe, expect, it } from '@jest/globals';
import { toEditDistance, toNearestKey } from '../../../src/domain/request/nearest-key.ts';

describe('toEditDistance', () => {
  it.each([
    ['equal', 'abc', 'abc', 0],
    ['both empty', '', '', 0],
    ['one empty', '', 'abc', 3],
    ['other empty', 'abc', '', 3],
    ['an insertion', 'nodename', 'nodenames', 1],
    ['a deletion', 'tiimeout', 'timeout', 1],
    ['a replacement', 'forge', 'force', 1],
    ['two swapped letters', 'focre', 'force', 2],
    ['all of these', 'kitten', 'sitting', 3],
  ])('%s', (_case, from, to, expected) => {
    expect(toEditDistance(from, to)).toBe(expected);
  });
});

describe('toNearestKey', () => {
  it.each([
    ['node_name', 'nodeNames', true],
    ['NODE-NAMES', 'nodeNames', true],
    ['nodes', 'nodeNames', false],
    ['node', 'nodeNames', false],
    ['taskID', 'taskId', true],
    ['timeoutSecs', 'timeoutSeconds', true],
    ['grace_period', 'gracePeriodSeconds', true],
    ['clusterId', 'cluster', true],
    ['deleteEmptydirData', 'deleteEmptyDirData', true],
    ['replicaset_list', 'replicaSets', true],
    ['statefulSet', 'statefulSets', true],
    ['skipPreflight', 'preflight', true],
    ['host_clean_up', 'hostCleanup', true],
    ['dry-run', 'dryRun', true],
    ['', 'nodeNames', false],
  ])('%j is nearest to %s', (unknownKey, key, isClose) => {
    expect(toNearestKey(unknownKey)).toEqual({ key, isClose });
  });
});
