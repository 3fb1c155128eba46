import { describe, expect, it } from '@jest/globals';
import type { StageState } from '../../../src/domain/host/stage.ts';
import { ShellHost } from '../../../src/ssh/host/shell-host.ts';
import type { CommandEnd, RemoteShell } from '../../../src/ssh/connection/remote-shell.ts';
import { startInput } from './worker-node.ts';

const withEnd = (end: CommandEnd): ShellHost => {
  const shell: RemoteShell = { run: () => Promise.resolve(end), close: () => Promise.resolve() };
  return new ShellHost(shell, 'node "n1" (10.0.0.5:22)');
};
const printing = (stdout: string): ShellHost => withEnd({ kind: 'exited', code: 0, stdout, stderr: '' });

const calls: [name: string, call: (host: ShellHost) => Promise<unknown>][] = [
  ['readFacts', (host) => host.readFacts(['kubelet.service'])],
  ['startStage', (host) => host.startStage('stopKubelet', startInput())],
  ['readStage', (host) => host.readStage('stopKubelet', 'op-1')],
  ['withdraw', (host) => host.withdraw(['kubelet.service'], 'op-1', 'b')],
];

describe.each(calls)('ShellHost.%s', (name, call) => {
  const failures: [name: string, end: CommandEnd, reason: string, problem: string][] = [
    [
      'the connection is lost',
      { kind: 'unknown', message: 'the connection was lost' },
      'Unknown',
      'the connection was lost',
    ],
    ['the shell is killed', { kind: 'signalled', signal: 'SIGKILL', stdout: '', stderr: '' }, 'Unknown', 'SIGKILL'],
    ['the shell fails', { kind: 'exited', code: 127, stdout: '', stderr: 'a secret' }, 'Unreadable', 'exit code 127'],
  ];
  it.each(failures)('fails when %s', async (_name, end, reason, problem) => {
    await expect(call(withEnd(end))).rejects.toMatchObject({
      name: 'HostFailure',
      reason,
      message: expect.stringContaining(problem) as unknown,
    });
    await expect(call(withEnd(end))).rejects.not.toThrow('a secret');
  });

  it('rejects an incomplete response', async () => {
    const reason = name === 'startStage' || name === 'withdraw' ? 'Unknown' : 'Unreadable';
    await expect(call(printing('root\t1\nboot\tb\n'))).rejects.toMatchObject({ reason });
  });
});

describe('ShellHost', () => {
  const failures: [name: string, stdout: string, call: (host: ShellHost) => Promise<unknown>, reason: string][] = [
    ['a host without awk', 'missing\tawk\n', (host) => host.readFacts([]), 'Unsupported'],
    [
      'an identity of which a part did not respond',
      "unseen\tkubelet's certificate\tit did not respond within 15 s\nend\n",
      (host) => host.readIdentity([], 'op-1'),
      'Unknown',
    ],
    ['a start without rights', 'noRights\n', (host) => host.startStage('cleanHost', startInput()), 'NoRights'],
    [
      'a start on an unsupported host',
      'unsupported\tit has no flock\n',
      (host) => host.startStage('cleanHost', startInput()),
      'Unsupported',
    ],
    [
      'a start with an incomplete script',
      'retry\tits script arrived incomplete\n',
      (host) => host.startStage('cleanHost', startInput()),
      'Unknown',
    ],
    ['a withdrawal without rights', 'noRights\n', (host) => host.withdraw([], 'op', ''), 'NoRights'],
    [
      'a withdrawal that cannot be written',
      'retry\t/run/x cannot be written\n',
      (host) => host.withdraw([], 'op', ''),
      'Unknown',
    ],
    ['a read without rights', 'noRights\n', (host) => host.readStage('cleanHost', 'op'), 'NoRights'],
    [
      'a read while the stage is being started',
      'boot\tb\nretry\tit is being started\n',
      (host) => host.readStage('cleanHost', 'op'),
      'Unknown',
    ],
  ];
  it.each(failures)('throws a typed failure for %s', async (_name, stdout, call, reason) => {
    await expect(call(printing(stdout))).rejects.toMatchObject({ name: 'HostFailure', reason });
  });

  it('marks the scripts that change nothing: for the message when the connection is lost', async () => {
    const seen: (boolean | undefined)[] = [];
    const shell: RemoteShell = {
      run: ({ readsOnly }) => {
        seen.push(readsOnly);
        return Promise.resolve({ kind: 'unknown', message: 'it is unknown.' });
      },
      close: () => Promise.resolve(),
    };
    for (const [, call] of calls) await call(new ShellHost(shell, 'n1')).catch(() => undefined);
    expect(seen).toEqual([true, undefined, true, undefined]);
  });

  it.each(['started', 'running', 'ended'])('succeeds when a stage is %s', async (word) => {
    await expect(printing(`${word}\n`).startStage('cleanHost', startInput())).resolves.toBeUndefined();
  });

  const states: [name: string, stdout: string, state: StageState][] = [
    ['never started', 'boot\tb', { kind: 'NotStarted' }],
    ['running', 'boot\tb\nbegun\tb\nunit\tactive\tsuccess', { kind: 'Running' }],
    ['being stopped', 'boot\tb\nbegun\tb\nunit\tdeactivating\tsuccess', { kind: 'Running' }],
    [
      'ended successfully',
      'boot\tb\nbegun\tb\nunit\tinactive\tsuccess\nitem\tDone\ta\tx\nitem\tNothingToDo\tb\t\nok\t1',
      {
        kind: 'Ended',
        isOk: true,
        items: [
          { name: 'a', status: 'Done', message: 'x' },
          { name: 'b', status: 'NothingToDo', message: '' },
        ],
      },
    ],
    [
      'ended with a failure',
      'boot\tb\nbegun\tb\nunit\tinactive\tsuccess\nitem\tFailed\ta\tx\nok\t0',
      {
        kind: 'Ended',
        isOk: false,
        items: [{ name: 'a', status: 'Failed', message: 'x' }],
      },
    ],
    [
      'ended, though its unit hangs',
      'boot\tb\nbegun\tb\nunit\tdeactivating\tsuccess\nok\t1',
      { kind: 'Ended', isOk: true, items: [] },
    ],
    [
      'ended before the host restarted',
      'boot\tc\nbegun\tb\nunit\tinactive\tsuccess\nok\t1',
      { kind: 'Ended', isOk: true, items: [] },
    ],
    [
      'lost by a restart of the host',
      'boot\tc\nbegun\tb\nunit\tinactive\tsuccess',
      { kind: 'Lost', message: 'the host restarted before the stage ended' },
    ],
    [
      'ended without a result',
      'boot\tb\nbegun\tb\nunit\tinactive\tsuccess',
      { kind: 'Lost', message: 'the stage ended without a result' },
    ],
    [
      'killed for lack of memory',
      'boot\tb\nbegun\tb\nunit\tfailed\toom-kill',
      { kind: 'Lost', message: 'the host ran out of memory for the stage' },
    ],
  ];
  it.each(states)('reads a stage: %s', async (_name, stdout, state) => {
    expect(await printing(`${stdout}\nend\n`).readStage('stopKubelet', 'op-1')).toEqual(state);
  });
});
