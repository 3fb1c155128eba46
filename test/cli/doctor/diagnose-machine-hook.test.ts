import { describe, expect, it } from '@jest/globals';
import { diagnoseMachineHook } from '../../../src/cli/doctor/diagnose-machine-hook.ts';
import type { Configuration } from '../../../src/config/configuration.ts';
import type { MachineHookSettings } from '../../../src/config/machine-hook-settings.ts';

const diagnose = (machineHook?: MachineHookSettings) =>
  diagnoseMachineHook({ clusters: { prod: { kind: 'inCluster' } }, machineHook } as unknown as Configuration);

const callUrl = (value: string | undefined): MachineHookSettings => ({
  call: {
    kind: 'url',
    url: 'https://machines.example/end?key=abcdef',
    method: 'POST',
    headers: [{ name: 'Authorization', variable: 'MACHINES_TOKEN', readValue: () => value }],
  },
  timeoutSeconds: 300,
  clusters: ['prod'],
});

describe('diagnoseMachineHook', () => {
  it('reports nothing without a hook', () => {
    expect(diagnose()).toEqual([]);
  });

  it('names a URL without its path, and the variables that are set', () => {
    expect(diagnose(callUrl('secret'))).toEqual([
      {
        name: 'hook `endMachine`',
        ok: true,
        message: 'POST https://machines.example, MACHINES_TOKEN set, for clusters prod, at most 300 s; not called',
      },
    ]);
  });

  it('names a command that can be executed', () => {
    const call = { kind: 'command', program: process.execPath, arguments: [] } as const;
    expect(diagnose({ call, timeoutSeconds: 60 })).toMatchObject([
      { ok: true, message: `${process.execPath}, for all clusters, at most 60 s; not called` },
    ]);
  });

  it.each<readonly [string, MachineHookSettings, string]>([
    ['a variable is not set', callUrl(undefined), 'MACHINES_TOKEN, which is not set.'],
    [
      'a command does not exist',
      { call: { kind: 'command', program: '/none', arguments: [] }, timeoutSeconds: 60 },
      '/none, which does not exist or is not executable.',
    ],
  ])('fails when %s', (_when, settings, expected) => {
    expect(diagnose(settings)).toMatchObject([{ ok: false, message: expect.stringContaining(expected) }]);
  });
});
