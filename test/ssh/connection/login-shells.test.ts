import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findOpenSshObstacle, startOpenSshServer } from '../servers/open-ssh-server.ts';
import type { ServerHabits, SshTestServer } from '../servers/ssh-test-server.ts';
import { catchFailure, SshScene } from '../ssh-scene.ts';

type Login = NonNullable<ServerHabits['login']>;

jest.setTimeout(30_000);

const findPath = (...paths: readonly string[]): string | undefined => paths.find((path) => existsSync(path));
const NOLOGIN = findPath('/usr/sbin/nologin', '/sbin/nologin');
/** Shells of other kinds, where this machine has them. */
const OTHER_SHELLS = ['fish', 'tcsh', 'zsh', 'ksh'].flatMap(
  (name) => findPath(`/usr/bin/${name}`, `/bin/${name}`) ?? [],
);

const bash = (bashrc: string): Login => ({ shell: '/bin/bash', home: { '.bashrc': bashrc } });
const program = (text: string): Login => ({ shell: 'menu', home: { menu: `#!/bin/sh\n${text}\n` } });

/** Whatever a shell could change: quotes, backslashes, history, line ends, variables, globs. */
const SCRIPT = `one='it''s'; two="a\\\\b \\"c\\" !x !! $HOME"
printf '%s\\n' "$one" "$two" 'single \\n ! * {a,b} ~' "$@" # comment
for each in 1 2; do
  echo $each
done >&2`;
const ARGUMENTS = ["it's", '!!', 'a\\b', 'line\nline', '$HOME', '*', '', 'ä€'];

const obstacle = findOpenSshObstacle();
(obstacle === undefined ? describe : describe.skip)('the login shell of a real sshd', () => {
  let scene: SshScene;

  beforeEach(() => {
    scene = new SshScene();
  });

  afterEach(async () => {
    await scene.close();
  });

  const start = async (login: Login): Promise<SshTestServer> => {
    const server = await startOpenSshServer({ login });
    scene.later(() => server.stop());
    return server;
  };

  it.each<[string, Login]>([
    ['sh', { shell: '/bin/sh', home: {} }],
    ['bash whose start-up file prints a banner', bash('echo "Welcome! --- please read"; echo warning >&2')],
    ...OTHER_SHELLS.map((shell): [string, Login] => [shell, { shell, home: {} }]),
  ])('runs a script and its arguments unchanged: %s', async (_name, login) => {
    const { shell } = await scene.connect(scene.settingsFor(await start(login)));
    const end = await shell.run({ script: SCRIPT, arguments: ARGUMENTS, deadlineSeconds: 20 });
    expect(end).toEqual({
      kind: 'exited',
      code: 0,
      stdout: `${['its', 'a\\b "c" !x !! /root', 'single \\n ! * {a,b} ~', ...ARGUMENTS].join('\n')}\n`,
      stderr: '1\n2\n',
    });
  });

  it.each<[string, Login, RegExp]>([
    ...(NOLOGIN === undefined
      ? []
      : [
          [
            'allows no login',
            { shell: NOLOGIN, home: {} },
            /the login shell of user "root" does not allow logins: "This account is currently not available\."/,
          ] satisfies [string, Login, RegExp],
        ]),
    [
      'prints and exits',
      program('echo "The menu is closed."; exit 3'),
      /ended with exit code 3: "The menu is closed\."/,
    ],
    ['exits in a start-up file', bash('exit 0'), /ended with exit code 0 and printed nothing/],
    [
      'starts a shell that is missing',
      bash('exec no-such-shell'),
      /exit code 127: ".*no-such-shell: not found"; .*start-up files/,
    ],
  ])('is named with its words when it %s', async (_name, login, message) => {
    const failure = await catchFailure(scene.connect(scene.settingsFor(await start(login))));
    expect(failure).toMatchObject({ reason: 'Unsupported', message: expect.stringMatching(message) });
    expect(failure.message).not.toContain('sudo');
  });

  it('is the cause, not sudo, when it ends before sudo', async () => {
    const settings = { ...scene.settingsFor(await start(bash('echo closed for maintenance >&2; exit 1'))), sudo: true };
    const failure = await catchFailure(scene.connect(settings));
    expect(failure).toMatchObject({
      reason: 'Unsupported',
      message: expect.stringMatching(/the login shell of user "root" .*"closed for maintenance"/),
    });
  });

  it('runs no script that it has changed', async () => {
    const login = program(`exec /bin/sh -c "$(printf '%s' "$2" | tr a-f b-g)"`);
    const failure = await catchFailure(scene.connect(scene.settingsFor(await start(login))));
    expect(failure).toMatchObject({ reason: 'Unsupported' });
  });

  (existsSync('/usr/bin/sudo') ? it.skip : it)('is named when sudo is missing', async () => {
    const settings = { ...scene.settingsFor(await start({ shell: '/bin/sh', home: {} })), sudo: true };
    const failure = await catchFailure(scene.connect(settings));
    expect(failure).toMatchObject({
      reason: 'NoRights',
      message: expect.stringMatching(/sudo is not available: ".*sudo.*No such file or directory"; install it/),
    });
  });
});
