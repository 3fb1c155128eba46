import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BEGIN_MARK } from '../../../src/ssh/connection/shell-arguments.ts';
import type { CommandEnd, RemoteShell } from '../../../src/ssh/connection/remote-shell.ts';
import type { SshSettings } from '../../../src/ssh/connection/ssh-settings.ts';
import { startScriptedServer } from '../servers/scripted-server.ts';
import type { ExecRequest, ScriptedServer } from '../servers/scripted-server.ts';
import { catchFailure, SshScene } from '../ssh-scene.ts';

let scene: SshScene;

beforeEach(() => {
  scene = new SshScene();
});

afterEach(async () => {
  await scene.close();
});

type Answer = (request: ExecRequest) => void;

/** A server that runs the check for root privileges at login, and handles every later request as the test specifies. */
const connect = async (answer: Answer): Promise<{ readonly shell: RemoteShell; readonly server: ScriptedServer }> => {
  const server = await startScriptedServer({
    onExec: (request, runLocally) => {
      (request.number === 1 ? runLocally : answer)(request);
    },
  });
  scene.later(() => server.stop());
  const { shell } = await scene.connect(scene.settingsFor(server));
  return { shell, server };
};

/** A login at a server that handles every request as the test specifies. */
const connectTo = async (answer: Answer, settings: Partial<SshSettings> = {}): Promise<ScriptedServer> => {
  const server = await startScriptedServer({ onExec: answer });
  scene.later(() => server.stop());
  await scene.connect(scene.settingsFor(server), { settings });
  return server;
};

/** Ends like a command with this output and exit code. */
const end =
  (code: number, stdout: string, stderr = ''): Answer =>
  ({ accept }) => {
    const channel = accept();
    channel.write(stdout);
    channel.stderr.write(stderr);
    channel.exit(code);
    channel.end();
  };

const run = (shell: RemoteShell): Promise<CommandEnd> => shell.run({ script: 'echo', deadlineSeconds: 10 });

describe('a command whose end is not reported', () => {
  it.each<[string, Answer, string]>([
    [
      'the connection drops before the response',
      ({ drop }) => {
        drop();
      },
      'the connection was lost before its start was reported',
    ],
    [
      'the connection drops right after the response',
      ({ accept, drop }) => {
        accept().write('out\n', () => setImmediate(drop));
      },
      'the connection was lost before its',
    ],
    [
      'the connection drops after the exit code, but before the end of the output',
      ({ accept, drop }) => {
        const channel = accept();
        channel.exit(0);
        channel.write('out\n', () => setImmediate(drop));
      },
      'the connection was lost before its',
    ],
    ['the channel closes without exit status', ({ accept }) => accept().end(), 'without an exit status'],
  ])('is unknown when %s', async (_name, answer, expected) => {
    const { shell } = await connect(answer);
    await expect(run(shell)).resolves.toEqual({
      kind: 'unknown',
      message: expect.stringMatching(`^The state of a command on the host of node "n1" .* ${expected}`),
    });
  });
});

describe('the message of an unknown end', () => {
  it.each([
    [true, /It only reads: nothing was changed on the host\.$/],
    [false, /It may have done all, some or none of its work, and may still be running\./],
  ])('names what it may have done: reads only %s', async (readsOnly, expected) => {
    const { shell } = await connect(({ accept }) => accept().end());
    const end = await shell.run({ script: 'true', deadlineSeconds: 20, readsOnly });
    expect(end).toEqual({ kind: 'unknown', message: expect.stringMatching(expected) });
  });
});

describe('a command that is not started', () => {
  it.each<[string, Answer, string]>([
    [
      'the server rejects it',
      ({ reject }) => {
        reject();
      },
      'does not run commands',
    ],
    [
      'the login shell rejects it',
      end(1, 'This account is currently not available.\n'),
      'the login shell of user "root" does not allow logins: "This account is currently not available."',
    ],
    ['another command is forced', end(0, 'Backup done.\n'), '"Backup done."'],
  ])('is a failure when %s', async (_name, answer, expected) => {
    const { shell } = await connect(answer);
    const failure = await catchFailure(run(shell));
    expect(failure).toMatchObject({ reason: 'Unsupported', message: expect.stringContaining(expected) });
  });
});

describe('a command that ended', () => {
  it('returns the signal that the server reports', async () => {
    const { shell } = await connect(({ accept }) => {
      const channel = accept();
      channel.write(`${BEGIN_MARK}\nout`);
      channel.exit('TERM', true, 'core dumped');
      channel.end();
    });
    await expect(run(shell)).resolves.toEqual({ kind: 'signalled', signal: 'SIGTERM', stdout: 'out', stderr: '' });
  });

  it('has only the output after the first mark', async () => {
    const noisy = `noise ${BEGIN_MARK}\n${BEGIN_MARK}\none\n${BEGIN_MARK}\ntwo`;
    const { shell } = await connect(end(3, noisy, noisy));
    const output = `one\n${BEGIN_MARK}\ntwo`;
    await expect(run(shell)).resolves.toEqual({ kind: 'exited', code: 3, stdout: output, stderr: output });
  });

  it('has all of stderr, which ends after stdout', async () => {
    const flood = 'e'.repeat(500_000);
    const { shell } = await connect(({ accept }) => {
      const channel = accept();
      channel.write(`${BEGIN_MARK}\n`);
      channel.stderr.write(flood, () => {
        channel.exit(0);
        channel.end();
      });
    });
    await expect(run(shell)).resolves.toEqual({ kind: 'exited', code: 0, stdout: '', stderr: flood });
  });
});

describe('root privileges', () => {
  const sudo: Partial<SshSettings> = { user: 'admin', sudo: true };

  it('come from sudo around the whole script', async () => {
    const server = await connectTo(end(0, `${BEGIN_MARK}\n`), sudo);
    expect(server.commands).toEqual([
      expect.stringMatching(
        /^\/usr\/bin\/env LC_ALL=C PATH=\S+ sudo -n -- \/usr\/bin\/env -i LC_ALL=C PATH=\S+ HOME=\/root \/bin\/sh -c '/,
      ),
    ]);
  });

  it.each<[string, Answer, Partial<SshSettings>, RegExp]>([
    [
      'sudo requires a password',
      end(1, '', 'sudo: a password is required\n'),
      sudo,
      /sudo requires a password of user "admin": "sudo: a password is required"; .*NOPASSWD/,
    ],
    [
      'sudo does not allow it',
      (request) => {
        const own = request.command.slice(request.command.indexOf(' -- ') + 4);
        end(1, '', `Sorry, user admin is not allowed to execute '${own}' as root on n1.\n`)(request);
      },
      sudo,
      /sudo does not allow user "admin" .*is not allowed to execute '…' as root on n1/,
    ],
    [
      'sudo is not available',
      end(127, '', "env: 'sudo': No such file or directory\n"),
      sudo,
      /sudo is not available: "env: 'sudo': No such file or directory"; install it/,
    ],
    ['sudo switches to another user than root', end(1, `${BEGIN_MARK}\n`), sudo, /another user than root/],
    ['the user is not root', end(1, `${BEGIN_MARK}\n`), { user: 'admin' }, /"admin" is not root; set `sudo: true`/],
  ])('are missing when %s', async (_name, answer, settings, message) => {
    const failure = await catchFailure(connectTo(answer, settings));
    expect(failure).toMatchObject({ reason: 'NoRights', message: expect.stringMatching(message) });
    expect(failure.message).toMatch(/^Scripts cannot run on the host of node "n1" \(127\.0\.0\.1:\d+\): /);
    expect(failure.message).not.toContain('printf');
  });

  it('may be revoked while the connection is open', async () => {
    const server = await startScriptedServer({
      onExec: (request) => {
        (request.number === 1 ? end(0, `${BEGIN_MARK}\n`) : end(1, '', 'sudo: a password is required\n'))(request);
      },
    });
    scene.later(() => server.stop());
    const { shell } = await scene.connect(scene.settingsFor(server), { settings: sudo });
    await expect(catchFailure(run(shell))).resolves.toMatchObject({ reason: 'NoRights' });
  });

  it('are unknown when the connection is lost', async () => {
    await expect(
      catchFailure(
        connectTo(({ drop }) => {
          drop();
        }),
      ),
    ).resolves.toMatchObject({ reason: 'Unreachable' });
  });
});
