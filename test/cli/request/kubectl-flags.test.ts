import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { withoutSwitchValues } from '../../../src/cli/request/kubectl-flags.ts';
import { addRequestFlags, toRequestObject } from '../../../src/cli/request/request-flags.ts';

const parseWords = (line: string): Record<string, unknown> => {
  const command = addRequestFlags(new Command('plan').argument('[nodes...]').exitOverride());
  command.parse([...withoutSwitchValues(line.split(' '))], { from: 'user' });
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
  ])('%s', (line, expected) => {
    expect(parseWords(line)).toEqual({ nodeNames: ['n'], ...expected });
  });

  it.each<readonly [string, string]>([
    ['n --disable-eviction', 'change that budget instead'],
    ['n --pod-selector app=web', 'use `kubectl drain --pod-selector`'],
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

describe('withoutSwitchValues', () => {
  it('keeps other flags, and everything after --', () => {
    const words = ['run', '--reason=force=false', '--timeout=5m', '--', '--force=false'];
    expect(withoutSwitchValues(words)).toEqual(words);
  });
});
