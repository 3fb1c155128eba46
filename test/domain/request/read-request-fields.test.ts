import { describe, expect, it } from '@jest/globals';
import { messageFor, type Refusal } from '../../builders/refused-request.ts';

const YEAR = 31536000;
const NODE_NAME_RULE =
  'a node name consists of lowercase letters, digits, "-" and ".", with a letter or digit at both ends of each part, at most 253 characters';

describe('values', () => {
  it.each<Refusal>([
    [
      'nodeNames as a string',
      { nodeNames: 'node-1' },
      '`nodeNames` must be a list of node names, but is "node-1"; write ["node-1"]',
    ],
    [
      'nodeNames joined by commas',
      { nodeNames: 'node-1,node-2' },
      '`nodeNames` must be a list of node names, but is "node-1,node-2"; for example ["node-1", "node-2"]',
    ],
    [
      'nodeNames as an object',
      { nodeNames: {} },
      '`nodeNames` must be a list of node names, but is an object; for example ["node-1", "node-2"]',
    ],
    ['no names', { nodeNames: [] }, '`nodeNames` must list at least one node, for example ["node-1", "node-2"]'],
    ['a name twice', { nodeNames: ['a', 'b', 'a'] }, '`nodeNames` must list each node once, but lists "a" twice'],
    [
      'an empty name',
      { nodeNames: ['a', ''] },
      `\`nodeNames\` must contain only node names, but entry 2 is ""; ${NODE_NAME_RULE}`,
    ],
    [
      'a capital',
      { nodeNames: ['Node-1'] },
      `\`nodeNames\` must contain only node names, but entry 1 is "Node-1"; ${NODE_NAME_RULE}`,
    ],
    [
      'a name that is a number',
      { nodeNames: [7] },
      `\`nodeNames\` must contain only node names, but entry 1 is 7; ${NODE_NAME_RULE}`,
    ],
    [
      'a name that is null',
      { nodeNames: [null] },
      `\`nodeNames\` must contain only node names, but entry 1 is null; ${NODE_NAME_RULE}`,
    ],
    [
      'a name of 254 characters',
      { nodeNames: ['a'.repeat(254)] },
      `\`nodeNames\` must contain only node names, but entry 1 is "${'a'.repeat(59)}…"; ${NODE_NAME_RULE}`,
    ],
    [
      'a name twice, of two thousand',
      { nodeNames: Array.from({ length: 2000 }, (_, index) => `n${index % 1999}`) },
      '`nodeNames` must list each node once, but lists "n0" twice',
    ],
    ['an empty taskId', { taskId: ' ' }, '`taskId` must not be empty; omit it instead'],
    ['a fraction as taskId', { id: 1.5 }, '`id` must be a string or a whole number, but is 1.5; write it in quotes'],
    [
      'a taskId beyond 2^53',
      { taskId: 2 ** 53 },
      '`taskId` must be a string or a whole number, but is 9007199254740992; write it in quotes',
    ],
    [
      'a taskId of 1001 characters',
      { taskId: 'a'.repeat(1001) },
      '`taskId` must have at most 1000 characters, but has 1001',
    ],
    ['a taskId that is a list', { taskId: [1] }, '`taskId` must be a string, but is a list'],
    ['requestedBy as a number', { requestedBy: 7 }, '`requestedBy` must be a string, but is 7'],
    [
      'requestedBy of 201 characters',
      { requested_by: 'a'.repeat(201) },
      '`requested_by` must have at most 200 characters, but has 201',
    ],
    ['a control character', { reason: 'red \u001b[31m' }, '`reason` must not contain control characters'],
    [
      'reason of 2001 characters',
      { reason: 'a'.repeat(2001) },
      '`reason` must have at most 2000 characters, but has 2001',
    ],
    ['an empty cluster', { cluster: '' }, '`cluster` must not be empty; omit it instead'],
    [
      'a slash in cluster',
      { cluster: 'a/b' },
      '`cluster` must be a cluster name of letters, digits, "-", "_", ".", ":" and "@" that starts with a letter or digit, but is "a/b"',
    ],
    ['a boolean as cluster', { cluster_id: true }, '`cluster_id` must be a string, but is true'],
    ['force in quotes', { force: 'true' }, '`force` must be true or false, but is "true"; remove the quotes'],
    ['force as a number', { force: 1 }, '`force` must be true or false, but is 1'],
    [
      'ignoreDaemonSets as a list',
      { ignore_daemonsets: [] },
      '`ignore_daemonsets` must be true or false, but is an empty list',
    ],
    [
      'deleteEmptyDirData as an object',
      { delete_local_data: {} },
      '`delete_local_data` must be true or false, but is an object',
    ],
    [
      'a negative timeout',
      { timeoutSeconds: -1 },
      `\`timeoutSeconds\` must be a whole number of seconds from 0 (no limit) to ${YEAR}, but is -1`,
    ],
    [
      'half a second',
      { timeoutSeconds: 0.5 },
      `\`timeoutSeconds\` must be a whole number of seconds from 0 (no limit) to ${YEAR}, but is 0.5`,
    ],
    [
      'a duration',
      { timeout: '1h' },
      `\`timeout\` must be a whole number of seconds from 0 (no limit) to ${YEAR}, but is "1h"; write it without quotes or unit`,
    ],
    [
      'more than a year',
      { timeoutSeconds: YEAR + 1 },
      `\`timeoutSeconds\` must be a whole number of seconds from 0 (no limit) to ${YEAR}, but is ${YEAR + 1}`,
    ],
    [
      'a grace period of 0',
      { gracePeriodSeconds: 0 },
      "`gracePeriodSeconds` must not be 0: that deletes the pod from the API without waiting for the kubelet, so its containers may still run; write 1 or more, or -1 for each pod's own",
    ],
    [
      'a grace period of -2',
      { gracePeriodSeconds: -2 },
      `\`gracePeriodSeconds\` must be a whole number of seconds from 1 to ${YEAR}, or -1 for each pod's own, but is -2`,
    ],
    [
      'a grace period in quotes',
      { grace_period_seconds: '30' },
      `\`grace_period_seconds\` must be a whole number of seconds from 1 to ${YEAR}, or -1 for each pod's own, but is "30"; write it without quotes or unit`,
    ],
    [
      'assumeAutoscaling as a text',
      { assumeAutoscaling: 'yes' },
      '`assumeAutoscaling` must be true or false, but is "yes"',
    ],
    [
      'an unknown preflight',
      { preflight: 'off' },
      '`preflight` must be one of "enforce", "warn", "skip", but is "off"',
    ],
    [
      'preflight in another case',
      { preflight: 'Enforce' },
      '`preflight` must be one of "enforce", "warn", "skip", but is "Enforce"',
    ],
    [
      'an unknown singleReplica',
      { singleReplica: true },
      '`singleReplica` must be one of "block", "surge", "evict", but is true',
    ],
    ['an unknown jobs', { jobs: 'wait' }, '`jobs` must be one of "evict", "waitForCompletion", but is "wait"'],
    [
      'keepPods that is no label selector',
      { keepPods: 'app in web' },
      '`keepPods` must be a label selector such as "app=web,tier in (a,b)", but is "app in web"',
    ],
    ['an empty keepPods', { keepPods: '' }, '`keepPods` must not be empty; omit it instead'],
    [
      'keepPods with a Node that is deleted',
      { keepPods: 'app=web' },
      '`keepPods` leaves pods on the node, so the node has to stay and its kubelet to run: set `deleteNode` to false and `hostCleanup` to "skip", or omit `keepPods`',
    ],
    [
      'keepPods with a host that is cleaned',
      { keepPods: 'app=web', deleteNode: false, hostCleanup: 'required' },
      '`keepPods` leaves pods on the node, so the node has to stay and its kubelet to run: set `deleteNode` to false and `hostCleanup` to "skip", or omit `keepPods`',
    ],
    [
      'keepPods with a dead node that is marked out of service',
      { keepPods: 'app=web', deleteNode: false, hostCleanup: 'skip', deadNode: 'outOfService' },
      '`deadNode: outOfService` marks a dead node, which deletes all its pods, also those that `keepPods` leaves: set `deadNode` to "refuse", or omit `keepPods`',
    ],
    [
      'an unknown hostCleanup, once',
      { hostCleanup: 'no' },
      '`hostCleanup` must be one of "required", "bestEffort", "skip", but is "no"',
    ],
    [
      'deleteNode in quotes',
      { deleteNode: 'false' },
      '`deleteNode` must be true or false, but is "false"; remove the quotes',
    ],
    [
      'waitForReplacements as a number',
      { waitForReplacements: 60 },
      '`waitForReplacements` must be true or false, but is 60',
    ],
    ['oneZoneAtATime as a text', { oneZoneAtATime: 'yes' }, '`oneZoneAtATime` must be true or false, but is "yes"'],
    [
      'an unknown nodeOrder',
      { nodeOrder: 'random' },
      '`nodeOrder` must be one of "asGiven", "fewestPodsFirst", "zoneByZone", but is "random"',
    ],
    [
      'an unknown value of daemonSets',
      { daemonSets: 'first' },
      '`daemonSets` must be one of "terminateLast", "leave", but is "first"',
    ],
    ['an unknown cordon', { cordon: 'never' }, '`cordon` must be one of "allFirst", "inTurn", but is "never"'],
    [
      'an unknown onNodeParked',
      { onNodeParked: 'ignore' },
      '`onNodeParked` must be one of "wait", "continue", "stop", but is "ignore"',
    ],
    [
      'an unknown onWindowClose',
      { onWindowClose: 'stop' },
      '`onWindowClose` must be one of "finishNode", "pause", but is "stop"',
    ],
    [
      'an unknown approval',
      { approval: 'beforeNodeDelete' },
      '`approval` must be one of "none", "beforeEviction", "beforeNodeDeletion", but is "beforeNodeDelete"',
    ],
    ['dryRun as a string', { dry_run: 'yes' }, '`dry_run` must be true or false, but is "yes"'],
  ])('%s', (_case, given, message) => {
    expect(messageFor(given)).toBe(message);
  });
});
