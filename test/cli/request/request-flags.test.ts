import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { addRequestFlags, toRequestObject } from '../../../src/cli/request/request-flags.ts';

const parseWords = (words: readonly string[], file?: unknown): Record<string, unknown> => {
  const command = addRequestFlags(new Command('plan').argument('[nodes...]').exitOverride());
  command.parse([...words], { from: 'user' });
  return toRequestObject(command.args, command.opts(), file);
};

describe('request flags', () => {
  it.each([
    { name: 'node names', words: ['node-1', 'node-2'], expected: { nodeNames: ['node-1', 'node-2'] } },
    { name: 'no flag at all', words: [], expected: {} },
    { name: 'a choice', words: ['--host-cleanup', 'skip'], expected: { hostCleanup: 'skip' } },
    {
      name: 'a value that this version lacks, for the parser to refuse',
      words: ['--single-replica', 'surge', '--approval', 'beforeEviction'],
      expected: { singleReplica: 'surge', approval: 'beforeEviction' },
    },
    {
      name: 'the limits of a fleet',
      words: ['--max-concurrent-nodes', '10%', '--max-concurrent-per-zone', '3', '--one-zone-at-a-time'],
      expected: { maxConcurrentNodes: '10%', maxConcurrentPerZone: 3, oneZoneAtATime: true },
    },
    {
      name: 'the order and the end of a fleet',
      words: [
        '--node-order',
        'zoneByZone',
        '--cordon',
        'inTurn',
        '--stop-after-failures',
        '2',
        '--on-node-parked',
        'stop',
      ],
      expected: { nodeOrder: 'zoneByZone', cordon: 'inTurn', stopAfterFailures: 2, onNodeParked: 'stop' },
    },
    { name: 'a number', words: ['--timeout-seconds', '600'], expected: { timeoutSeconds: 600 } },
    { name: 'a negative number', words: ['--grace-period-seconds', '-1'], expected: { gracePeriodSeconds: -1 } },
    {
      name: 'a bad number, for the parser to refuse',
      words: ['--timeout-seconds', '10m'],
      expected: { timeoutSeconds: '10m' },
    },
    { name: 'a percentage', words: ['--max-unavailable', '10%'], expected: { maxUnavailable: '10%' } },
    { name: 'a count', words: ['--max-unavailable', '2'], expected: { maxUnavailable: 2 } },
    { name: 'a task id of digits stays text', words: ['--task-id', '007'], expected: { taskId: '007' } },
    { name: 'a consent', words: ['--force'], expected: { force: true } },
    { name: 'a consent withdrawn', words: ['--no-force'], expected: { force: false } },
    { name: 'a default switched off', words: ['--no-ignore-daemon-sets'], expected: { ignoreDaemonSets: false } },
    { name: 'a flag that is off by default', words: ['--assume-autoscaling'], expected: { assumeAutoscaling: true } },
    { name: 'a flag of three words', words: ['--delete-empty-dir-data'], expected: { deleteEmptyDirData: true } },
    {
      name: 'no wait for replacements',
      words: ['--no-wait-for-replacements'],
      expected: { waitForReplacements: false },
    },
    { name: 'no deletion of the Node', words: ['--no-delete-node'], expected: { deleteNode: false } },
    { name: 'a dry run', words: ['--dry-run'], expected: { dryRun: true } },
    {
      name: 'windows',
      words: ['--windows', '0 22 * * MON-FRI Europe/Berlin 480; 0  8 * * 6,0 UTC 600', '--on-window-close', 'pause'],
      expected: {
        windows: [
          { cron: '0 22 * * MON-FRI', timeZone: 'Europe/Berlin', durationMinutes: 480 },
          { cron: '0 8 * * 6,0', timeZone: 'UTC', durationMinutes: 600 },
        ],
        onWindowClose: 'pause',
      },
    },
    {
      name: 'workloads',
      words: ['--replica-sets', 'default/web, shop/cart'],
      expected: {
        replicaSets: [
          { namespace: 'default', name: 'web' },
          { namespace: 'shop', name: 'cart' },
        ],
      },
    },
  ])('become the request: $name', ({ words, expected }) => {
    expect(parseWords(words)).toEqual(expected);
  });

  it.each([
    {
      name: 'the same spelling',
      file: { timeoutSeconds: 5 },
      words: ['--timeout-seconds', '600'],
      expected: { timeoutSeconds: 600 },
    },
    {
      name: 'an older spelling',
      file: { timeout: 5 },
      words: ['--timeout-seconds', '600'],
      expected: { timeoutSeconds: 600 },
    },
    { name: 'a snake-case spelling', file: { node_names: ['a'] }, words: ['b'], expected: { nodeNames: ['b'] } },
    { name: 'true', file: { force: true }, words: ['--no-force'], expected: { force: false } },
  ])('win over $name in the file', ({ file, words, expected }) => {
    expect(parseWords(words, file)).toEqual(expected);
  });

  it('leave the other keys of the file alone, unknown ones too', () => {
    expect(parseWords(['--force'], { nodeNames: ['a'], tiemout: 3 })).toEqual({
      nodeNames: ['a'],
      tiemout: 3,
      force: true,
    });
  });

  it.each([
    { name: 'a list', file: [] },
    { name: 'a text', file: 'node-1' },
    { name: 'null', file: null },
  ])('refuse a file that holds $name', ({ file }) => {
    expect(() => parseWords(['node-1'], file)).toThrow('must contain one JSON or YAML object');
  });

  it.each(['true', 'false'])('refuse %s as the value of a flag that takes none', (value) => {
    expect(() => parseWords(['node-1', '--delete-node', value])).toThrow(`"${value}" was read as a node name`);
  });

  it.each(['web', 'default/', '/web', 'a/b/c', ''])('refuse %j as a list of workloads', (list) => {
    expect(() => parseWords(['--stateful-sets', list])).toThrow('--stateful-sets takes namespace/name,namespace/name');
  });

  it.each(['0 22 * * *', '0 22 * * * UTC', '0 22 * * * UTC 8h', '0 22 * * * UTC 480;', ''])(
    'refuse %j as windows',
    (list) => {
      expect(() => parseWords(['--windows', list])).toThrow('--windows takes the 5 fields of a cron schedule');
    },
  );

  const help = (): string => {
    const command = addRequestFlags(new Command('plan'));
    return command.configureHelp({ helpWidth: 200 }).helpInformation();
  };

  it.each([
    ['--preflight <choice>', 'choices: "enforce", "warn", "skip"'],
    ['--single-replica <choice>', 'choices: "block", "surge", "evict"'],
    ['--host-cleanup <choice>', 'choices: "required", "bestEffort", "skip"'],
    ['--node-order <choice>', 'choices: "asGiven", "fewestPodsFirst", "zoneByZone"'],
    ['--on-timeout <choice>', 'choices: "rollBack", "delete"'],
    ['--daemon-sets <choice>', '(default: terminateLast)'],
    ['--cordon <choice>', 'choices: "allFirst", "inTurn"'],
    ['--on-node-parked <choice>', 'choices: "wait", "continue", "stop"'],
    ['--no-ignore-daemon-sets', 'fail if DaemonSet pods are on the node (default: leave them)'],
    ['--no-delete-node', 'keep the Node object, cordoned (default: delete it)'],
    ['--force', 'allow evicting unmanaged pods, which are not recreated'],
  ])('help offers %s', (flag, description) => {
    const line = help()
      .split('\n')
      .find((each) => each.trimStart().startsWith(`${flag} `));
    expect(line).toContain(description);
  });

  it.each(['--ignore-daemon-sets', '--no-force'])('help does not offer %s', (text) => {
    expect(help().split('--no-ignore-daemon-sets').join('')).not.toContain(text);
  });
});
