import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConfigurationError } from '../../src/config/configuration-error.ts';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import { findHookProblems, type MachineHookSettings } from '../../src/config/machine-hook-settings.ts';

const TOKEN = 'Bearer abcdef-123456';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  mkdirSync(join(folder, 'bin'));
  for (const [name, mode] of [
    ['bin/end-machine', 0o755],
    ['bin/plain', 0o644],
    ['ca.pem', 0o644],
  ] as const) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), mode);
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The section `endMachine` of a file with the clusters `prod` and `edge`. */
const load = (section: object, variables: Readonly<Record<string, string>> = {}): MachineHookSettings => {
  const path = join(folder, 'worker.json');
  const clusters = { prod: { kubeconfig: 'prod.yaml' }, edge: { kubeconfig: 'edge.yaml' } };
  writeFileSync(path, JSON.stringify({ clusters, endMachine: section }));
  const environment = { PATH: join(folder, 'bin'), ...variables, NODE_DECOMMISSION_CONFIG: path };
  return loadConfiguration({ environment, homeDirectory: folder }).machineHook!;
};

const catchProblems = (section: object): readonly string[] => {
  try {
    load(section);
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
  return [];
};

const URL_CALL = { url: 'https://machines.example/end' };

describe('endMachine in the configuration', () => {
  it('calls a URL with headers from the environment, whose values are no part of the settings', () => {
    const headers = { Authorization: 'MACHINES_TOKEN' };
    const settings = load({ ...URL_CALL, headers, caFile: 'ca.pem' }, { MACHINES_TOKEN: TOKEN });
    expect(settings).toEqual({
      call: {
        kind: 'url',
        ...URL_CALL,
        method: 'POST',
        headers: [{ name: 'Authorization', variable: 'MACHINES_TOKEN', readValue: expect.any(Function) }],
        caFile: join(folder, 'ca.pem'),
      },
      timeoutSeconds: 300,
    });
    expect(JSON.stringify(settings)).not.toContain('abcdef');
    expect(settings.call.kind === 'url' && settings.call.headers[0]?.readValue()).toBe(TOKEN);
    expect(findHookProblems(settings, ['prod'])).toEqual([]);
  });

  it.each([
    ['found on PATH', 'end-machine'],
    ['relative to the file', './bin/end-machine'],
    ['in the home directory', '~/bin/end-machine'],
  ])('runs a command that is %s', (_where, written) => {
    const settings = load({ command: [written, '--now'], timeoutSeconds: 60, clusters: ['prod'] });
    const program = join(folder, 'bin', 'end-machine');
    expect(settings).toEqual({
      call: { kind: 'command', program, arguments: ['--now'] },
      timeoutSeconds: 60,
      clusters: ['prod'],
    });
    expect(findHookProblems(settings, ['prod', 'edge'])).toEqual([]);
  });

  it.each<readonly [string, object, string]>([
    ['neither', {}, '`endMachine` must have either `url: https://…` or `command: [program, …]`.'],
    [
      'both',
      { ...URL_CALL, command: ['x'] },
      '`endMachine` must have either `url: https://…` or `command: [program, …]`.',
    ],
    [
      'a header for a command',
      { command: ['x'], headers: {} },
      '`endMachine.headers` is valid only together with `url`.',
    ],
    [
      'no encryption',
      { url: 'http://machines.example' },
      '`endMachine.url` must be an `https://` URL without a user name and a password.',
    ],
    [
      'a password in the URL',
      { url: 'https://ann:hunter2@machines.example' },
      '`endMachine.url` must be an `https://` URL without a user name and a password.',
    ],
    [
      'a value instead of a variable',
      { ...URL_CALL, headers: { Authorization: TOKEN } },
      '`endMachine.headers.Authorization` must be the name of an environment variable, which has the value.',
    ],
    ['too long a time', { ...URL_CALL, timeoutSeconds: 1801 }, '`endMachine.timeoutSeconds` must be at most 1800.'],
  ])('refuses %s', (_what, section, expected) => {
    expect(catchProblems(section)).toEqual([expected]);
  });

  it('names the valid settings for a wrong one', () => {
    expect(catchProblems({ ...URL_CALL, timeout: 5 })).toEqual([
      '`endMachine.timeout` is not a setting; the closest one is `method`. Valid settings: url, method, headers, caFile, command, timeoutSeconds, clusters.',
    ]);
  });
});

describe('findHookProblems', () => {
  it.each<readonly [string, object, string]>([
    [
      'a variable that is not set',
      { ...URL_CALL, headers: { Authorization: 'MACHINES_TOKEN' } },
      'Header Authorization of `endMachine` needs environment variable MACHINES_TOKEN, which is not set.',
    ],
    [
      'a value with a line end',
      { ...URL_CALL, headers: { Authorization: 'WITH_LINE_END' } },
      'Environment variable WITH_LINE_END has a character that header Authorization cannot have, e.g. a line end.',
    ],
    [
      'a missing file',
      { ...URL_CALL, caFile: '/none.pem' },
      '`endMachine.caFile` names /none.pem, which is not a readable file.',
    ],
    [
      'a program that is not on PATH',
      { command: ['other'] },
      '`endMachine.command` names other, which is not on PATH.',
    ],
    [
      'a program that does not exist',
      { command: ['/none/end-machine'] },
      '`endMachine.command` names /none/end-machine, which does not exist or is not executable.',
    ],
    [
      'a cluster that is not configured',
      { ...URL_CALL, clusters: ['west'] },
      '`endMachine.clusters` names cluster west, which is not configured.',
    ],
  ])('names %s', (_what, section, expected) => {
    expect(findHookProblems(load(section, { WITH_LINE_END: 'abc\n' }), ['prod', 'edge'])).toEqual([expected]);
  });

  it('names a program that is not executable', () => {
    const [problem] = findHookProblems(load({ command: ['./bin/plain'] }), ['prod']);
    expect(problem).toContain('/bin/plain, which does not exist or is not executable.');
  });
});
