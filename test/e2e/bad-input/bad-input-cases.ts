import type { UiStartForm } from '../harness/temporal-ui.ts';

export interface BadInput {
  readonly title: string;
  /** The request as parsed JSON; undefined: no argument at all. */
  readonly request: unknown;
  /** Further fields of the form. */
  readonly form?: Pick<UiStartForm, 'workflowType' | 'encoding' | 'messageType'>;
  readonly type: 'InvalidInput' | 'Refused';
  readonly expectedText: string;
  /** Absent: the command line refuses it with the same message. `false`: no command line can send it. */
  readonly onCommandLine?: false;
  /** Of the verb `plan`, which reads its own configuration; absent: as of `start`. */
  readonly ofPlan?: { readonly exitCode: number; readonly expectedText: string };
}

/** A node that exists and could be drained. */
export const GOOD_NODE = 'good-node';
/** A node that no longer exists. */
export const REMOVED_NODE = 'removed-node';

const valid = { nodeNames: [GOOD_NODE], hostCleanup: 'skip' };
const invalid = (title: string, request: unknown, expectedText: string): BadInput => ({
  title,
  request,
  type: 'InvalidInput',
  expectedText,
});
const LARGE_TEXT = 'x'.repeat(300_000);

export const BAD_INPUTS: readonly BadInput[] = [
  invalid('an unknown key', { ...valid, nodeName: 'a' }, 'nodeName'),
  invalid('a misspelt key', { ...valid, ignoreDaemonsets: true }, '`ignoreDaemonSets`'),
  invalid('a text where a boolean belongs', { ...valid, force: 'true' }, '`force`'),
  invalid('a text where the list of nodes belongs', { ...valid, nodeNames: GOOD_NODE }, `["${GOOD_NODE}"]`),
  invalid('both spellings of one key', { ...valid, node_names: [GOOD_NODE] }, '`node_names`'),
  invalid('no node names', { hostCleanup: 'skip' }, '`nodeNames` is missing'),
  invalid('an empty list of nodes', { ...valid, nodeNames: [] }, 'at least one node'),
  invalid('an empty node name', { ...valid, nodeNames: [''] }, 'entry 1 is ""'),
  invalid('a node name given twice', { ...valid, nodeNames: [GOOD_NODE, GOOD_NODE] }, `"${GOOD_NODE}" twice`),
  invalid('a name that is no DNS name', { ...valid, nodeNames: ['Node_1'] }, 'entry 1 is "Node_1"'),
  invalid('a path as a name', { ...valid, nodeNames: ['../pods'] }, 'entry 1 is "../pods"'),
  invalid('a maxUnavailable of 0', { ...valid, maxUnavailable: 0 }, '`maxUnavailable`'),
  invalid('a maxUnavailable of "0%"', { ...valid, maxUnavailable: '0%' }, '`maxUnavailable`'),
  invalid('a maxUnavailable of "101%"', { ...valid, maxUnavailable: '101%' }, '`maxUnavailable`'),
  invalid('a grace period of 0', { ...valid, gracePeriodSeconds: 0 }, '`gracePeriodSeconds`'),
  invalid('a request of 300 KB', { ...valid, reason: LARGE_TEXT }, 'at most 100000 are allowed'),
  invalid('an unknown key of 300 KB', { ...valid, [LARGE_TEXT]: true }, 'at most 100000 are allowed'),
  invalid('no node at once', { ...valid, maxConcurrentNodes: 0 }, '`maxConcurrentNodes`'),
  invalid(
    'a window',
    { ...valid, windows: [{ cron: 'at night', timeZone: 'UTC', durationMinutes: 60 }] },
    '`windows` entry 1',
  ),
  invalid('an approval', { ...valid, approval: 'beforeDinner' }, '`approval` must be one of'),
  invalid('a list instead of an object', [valid], 'JSON object'),
  {
    title: 'a cluster that no worker serves',
    request: { ...valid, cluster: 'elsewhere' },
    type: 'Refused',
    expectedText: 'no worker serves cluster "elsewhere"',
    ofPlan: { exitCode: 2, expectedText: 'no cluster named "elsewhere"' },
  },
  {
    title: 'a node that does not exist',
    request: { ...valid, nodeNames: ['no-such-node'] },
    type: 'Refused',
    expectedText: 'node no-such-node does not exist',
  },
  {
    title: 'a node that is removed already',
    request: { ...valid, nodeNames: [REMOVED_NODE] },
    type: 'Refused',
    expectedText: `node ${REMOVED_NODE} does not exist`,
  },
  { ...invalid('no argument', undefined, 'the request is missing'), onCommandLine: false },
  { ...invalid('null', null, 'JSON object'), onCommandLine: false },
  { ...invalid('a text', GOOD_NODE, 'JSON object'), onCommandLine: false },
  {
    ...invalid('a bad request as json/protobuf', { ...valid, force: 1 }, '`force`'),
    form: { encoding: 'json/protobuf' },
    onCommandLine: false,
  },
  {
    ...invalid('a bad request as json/protobuf of some message type', { ...valid, force: 1 }, '`force`'),
    form: { encoding: 'json/protobuf', messageType: 'temporal.api.common.v1.Payload' },
    onCommandLine: false,
  },
  {
    ...invalid('an unknown workflow type', valid, 'no workflow type "decommissionNodez"'),
    form: { workflowType: 'decommissionNodez' },
    onCommandLine: false,
  },
  {
    ...invalid('two nodes for the workflow of one', { ...valid, nodeNames: [GOOD_NODE, 'b'] }, 'exactly one node name'),
    form: { workflowType: 'decommissionNode' },
    onCommandLine: false,
  },
];

/** Every spelling that older callers send; each is planned, none is executed. */
export const ACCEPTED_SPELLINGS: readonly {
  readonly title: string;
  readonly request: object;
  readonly form?: BadInput['form'];
}[] = [
  {
    title: 'snake case',
    request: {
      node_names: [GOOD_NODE],
      task_id: 'snake',
      requested_by: 'a caller',
      ignore_daemon_sets: true,
      delete_empty_dir_data: true,
      timeout_seconds: 60,
      grace_period_seconds: -1,
      max_unavailable: '25%',
      replica_sets: [],
      single_replica: 'block',
      host_cleanup: 'skip',
      delete_node: true,
      max_concurrent_nodes: 1,
      dry_run: true,
    },
  },
  {
    title: 'older names, numbers as ids, and lists that are null',
    request: {
      Nodenames: [GOOD_NODE],
      id: 7,
      cluster: 'default',
      ignore_daemonsets: true,
      delete_local_data: true,
      timeout: 60,
      replica_set_list: null,
      stateful_set_list: null,
      clone_set_list: null,
      hostCleanup: 'skip',
      dryRun: true,
    },
  },
  {
    title: 'json/protobuf',
    request: { ...valid, dryRun: true },
    form: { encoding: 'json/protobuf' },
  },
];
