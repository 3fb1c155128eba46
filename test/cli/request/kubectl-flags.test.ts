import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { withoutSwitchValues } from '../../../src/cli/request/kubectl-flags.ts';
import { addRequestFlags, toRequestObject } from '../../../src/cli/request/request-flags.ts';

const parseWords = (line: string): Record<string, unknown> => {
  const command = addRequestFlags(new Command('plan').argument('[nodes...]').exitOverride());
  command.parse([...withoutSwitchValues(command, line.split(' '))], { from: 'user' });
  return toRequestObject(command.args, command.opts(), undefined);
};

describe('a command line of kubectl drain', () => {
  it.each<readonly [string, object]>([
    [
      'n --ignore-daemonsets --delete-emptydir-data --grace-period 30 --timeout 10m --force --dry-run',
      {
        ignoreDaemonSets: true,
        deleteEmptyDirData: true,
        gracePeriodSeconds: 30,
        timeoutSeconds: 600,
        force: true,
        dryRun: true,
      },
    ],
    ['n --grace-period=-1 --timeout=0', { gracePeriodSeconds: -1, timeoutSeconds: 0 }],
    ['n --timeout=1h30m', { timeoutSeconds: 5400 }],
    ['n --ignore-daemonsets=true --force=false', { ignoreDaemonSets: true, force: false }],
    ['n --delete-emptydir-data=false', { deleteEmptyDirData: false }],
    ['n --ignore-daemonsets=false', { ignoreDaemonSets: false }],
    ['n --dry-run=server', { dryRun: true }],
    ['n --dry-run=client', { dryRun: true }],
    ['n --dry-run=none', { dryRun: false }],
    ['n --delete-node=false', { deleteNode: false }],
    ['n --delete-node=true', { deleteNode: true }],
    ['n --one-zone-at-a-time=true --assume-autoscaling=false', { oneZoneAtATime: true, assumeAutoscaling: false }],
    ['n --disable-eviction=false', {}],
  ])('%s', (line, expected) => {
    expect(parseWords(line)).toEqual({ nodeNames: ['n'], ...expected });
  });

  it.each<readonly [string, string]>([
    ['n --disable-eviction', 'change that budget instead'],
    ['n --skip-wait-for-delete-timeout 5', 'Omit this flag; --timeout limits the drain'],
    ['n --chunk-size 500', 'Omit this flag'],
    ['n --timeout 600', 'not "600"; for 600 seconds write 600s.'],
    ['n --timeout soon', '--timeout takes a duration with units such as 90s, 10m or 1h30m, not "soon".'],
    ['n --timeout 10m --timeout-seconds 600', '--timeout and the flag of `timeoutSeconds` are the same setting'],
    ['n --force=maybe', '--force=maybe cannot be read: write --force or --no-force.'],
    ['n --dry-run=yes', '--dry-run=yes cannot be read'],
  ])('%s is answered', (line, message) => {
    expect(() => parseWords(line)).toThrow(message);
  });
});

describe('a flag of kubectl drain that would leave pods on a node that is deleted', () => {
  it('M2: is refused, with what to use instead', () => {
    expect(() => parseWords('n --pod-selector app=web --dry-run')).toThrow('use `kubectl drain --pod-selector`');
  });
});

describe('withoutSwitchValues', () => {
  const command = new Command('any')
    .option('--wait')
    .option('--force')
    .option('--no-force')
    .option('--no-hosts')
    .option('--reason <text>');

  it.each<readonly [words: string, expected: string]>([
    ['--wait=true --force=true', '--wait --force'],
    ['--wait=false --force=false', '--no-force'],
    ['--hosts=false', '--no-hosts'],
    ['--hosts=true', ''],
    ['--reason=true --timeout=5m --unknown=false', '--reason=true --timeout=5m --unknown=false'],
    ['run --reason=force=false -- --force=false', 'run --reason=force=false -- --force=false'],
  ])('reads %j as %j', (words, expected) => {
    expect(withoutSwitchValues(command, words.split(' ')).join(' ')).toBe(expected);
  });

  it.each<readonly [word: string, remedy: string]>([
    ['--wait=maybe', 'write --wait.'],
    ['--force=', 'write --force or --no-force.'],
  ])('refuses %s', (word, remedy) => {
    expect(() => withoutSwitchValues(command, [word])).toThrow(remedy);
  });
});
