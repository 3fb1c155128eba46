import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandEnd, RemoteShell, ScriptCall } from '../../../src/ssh/connection/remote-shell.ts';
import { MAX_SESSIONS } from '../servers/ssh-test-server.ts';
import type { ServerHabits, SshTestServer } from '../servers/ssh-test-server.ts';
import { catchFailure, SHORT_KEEPALIVE, SshScene } from '../ssh-scene.ts';

const MEBIBYTE = 1024 * 1024;
const NOISE = 'Welcome to this host!';

/** The names of all variables except those that a shell sets itself. */
const VARIABLES = 'env | cut -d= -f1 | grep -vxE "PWD|OLDPWD|SHLVL|_" | sort | tr "\\n" " "';

export interface ServerUnderContract {
  readonly name: string;
  readonly start: (habits: ServerHabits) => Promise<SshTestServer>;
  /** OpenSSH accepts packets of 256 KiB; RFC 4253 §6.1 requires only 35,000 bytes. */
  readonly takesBigPackets: boolean;
}

/** The contract of `RemoteShell`, for any server. */
export const describeRemoteShell = ({ name, start, takesBigPackets }: ServerUnderContract): void => {
  describe(`a remote shell on ${name}`, () => {
    let server: SshTestServer;
    /** Owns the shell that every test uses. */
    let common: SshScene;
    let scene: SshScene;
    let shell: RemoteShell;

    beforeAll(async () => {
      server = await start({ noise: NOISE });
      common = new SshScene();
      ({ shell } = await common.connect(common.settingsFor(server)));
    });

    afterAll(async () => {
      await common.close();
      await server.stop();
    });

    beforeEach(() => {
      scene = new SshScene();
    });

    afterEach(async () => {
      await scene.close();
    });

    const run = (script: string, rest: Partial<ScriptCall> = {}): Promise<CommandEnd> =>
      shell.run({ script, deadlineSeconds: 20, ...rest });

    /** A script that waits for a file, and a function that creates the file. */
    const holdUp = (): { readonly script: string; readonly started: string; readonly release: () => void } => {
      const gate = join(scene.folder, 'gate');
      const started = join(scene.folder, 'started');
      const release = (): void => {
        writeFileSync(gate, '');
      };
      // The script must end even if the test fails.
      scene.later(() => {
        release();
        return Promise.resolve();
      });
      const script = `echo >>${started}; while ! test -e ${gate} && test -d ${scene.folder}; do sleep 0.02; done; echo through`;
      return { script, started, release };
    };

    it.each<[string, Partial<ScriptCall> & { readonly script: string }, Partial<CommandEnd>]>([
      [
        'returns both outputs and code 0',
        { script: 'echo out; echo err >&2' },
        { code: 0, stdout: 'out\n', stderr: 'err\n' },
      ],
      ['returns the exit code', { script: 'echo out; exit 7' }, { code: 7, stdout: 'out\n', stderr: '' }],
      ['returns 255 like any other code', { script: 'exit 255' }, { code: 255 }],
      ['returns a code for an invalid script', { script: 'if' }, { code: 2, stdout: '' }],
      ['runs an empty script', { script: '' }, { code: 0, stdout: '', stderr: '' }],
      ['runs several lines', { script: 'one=1\nif test "$one" = 1; then\n  echo "line"\nfi\n' }, { stdout: 'line\n' }],
      ['preserves quotes', { script: `printf %s "it's" '"$HOME"' "\\\\ \\$x" '\\'` }, { stdout: `it's"$HOME"\\ $x\\` }],
      ['expands globs in the script', { script: 'cd / && echo et*' }, { stdout: 'etc\n' }],
      ['has no terminal', { script: 'test -t 0 || test -t 1 || test -t 2' }, { code: 1 }],
      ['has its own environment', { script: VARIABLES }, { stdout: 'HOME LC_ALL PATH ' }],
      [
        'has a fixed search path',
        { script: 'echo "$PATH:$LC_ALL:$HOME"' },
        { stdout: expect.stringMatching(/^\/usr\/local\/sbin:.*:C:\/root\n$/) as never },
      ],
      ['closes stdin without input', { script: 'cat; echo end' }, { stdout: 'end\n' }],
      ['passes input unchanged', { script: 'cat', input: "a'b\n\0€\n" }, { stdout: "a'b\n\0€\n" }],
      ['accepts input that is not read', { script: 'exit 3', input: 'x'.repeat(MEBIBYTE) }, { code: 3 }],
      ['accepts a mebibyte of input', { script: 'wc -c', input: 'x'.repeat(MEBIBYTE) }, { stdout: `${MEBIBYTE}\n` }],
    ])('%s', async (_name, call, expected) => {
      await expect(run(call.script, call)).resolves.toMatchObject({ kind: 'exited', ...expected });
    });

    it('passes arguments unchanged', async () => {
      const given = [
        '',
        'a b',
        "it's",
        '"$HOME"',
        '$(id)',
        '`id`',
        '*',
        '-n',
        '\\',
        'line\nline',
        '€',
        '!x',
        '{a,b}',
        '~',
      ];
      const end = await run('for a; do printf "%s\\036" "$a"; done; printf %s "$0"', { arguments: given });
      expect(end).toMatchObject({ stdout: `${given.join('\u001e')}\u001esh` });
    });

    it('returns the signal that ended a script', async () => {
      await expect(run('echo out; kill -KILL $$')).resolves.toEqual({
        kind: 'signalled',
        signal: 'SIGKILL',
        stdout: 'out\n',
        stderr: '',
      });
    });

    it('keeps a mebibyte of each output and reads the rest', async () => {
      const end = await run(
        'head -c 3000000 /dev/zero | tr "\\0" o; head -c 6000000 /dev/zero | tr "\\0" e >&2; exit 5',
      );
      expect(end).toMatchObject({ kind: 'exited', code: 5 });
      const { stdout, stderr } = end as { readonly stdout: string; readonly stderr: string };
      expect(stdout).toMatch(/^o+$/);
      expect(stderr).toMatch(/^e+$/);
      // The output of the login shell and the mark of the start count towards the limit.
      for (const output of [stdout, stderr]) {
        expect(output.length).toBeGreaterThan(MEBIBYTE - 8192);
        expect(output.length).toBeLessThan(MEBIBYTE);
      }
    });

    it.each([
      ['across chunks', 'yes € | head -n 200000 | tr -d "\\n"', /^€{200000}$/],
      ['up to the cap', 'yes € | head -n 1000000 | tr -d "\\n"', /^€{340000,}$/],
    ])('decodes UTF-8 %s', async (_name, script, expected) => {
      await expect(run(script)).resolves.toMatchObject({ stdout: expect.stringMatching(expected) });
    });

    it('does not wait for background processes with closed outputs', async () => {
      const { script, started } = holdUp();
      const end = await run(`(${script}) </dev/null >/dev/null 2>&1 & echo left`);
      expect(end).toMatchObject({ code: 0, stdout: 'left\n' });
      await expect(run(`while ! test -e ${started}; do sleep 0.01; done`)).resolves.toMatchObject({ code: 0 });
    });

    it('reports an unknown end at the deadline of a script; later scripts run', async () => {
      const { script, release } = holdUp();
      const end = await run(script, { deadlineSeconds: 0.3 });
      expect(end).toEqual({
        kind: 'unknown',
        message: expect.stringContaining('its end was not reported within 0.3 s'),
      });
      release();
      await expect(run('echo again')).resolves.toMatchObject({ stdout: 'again\n' });
    });

    it('runs as many concurrent scripts as there are sessions, and reports the limit', async () => {
      const { script, release } = holdUp();
      const { shell: own } = await scene.connect(scene.settingsFor(server));
      const ends = Array.from({ length: MAX_SESSIONS + 1 }, () => own.run({ script, deadlineSeconds: 20 }));
      const failure = await catchFailure(Promise.race(ends));
      expect(failure).toMatchObject({ reason: 'Unreachable', message: expect.stringContaining('MaxSessions') });
      release();
      const settled = await Promise.allSettled(ends);
      const codes = settled.map((one) => (one.status === 'fulfilled' ? one.value : one.status));
      expect(codes.filter((one) => typeof one === 'object' && one.kind === 'exited')).toHaveLength(MAX_SESSIONS);
      await expect(own.run({ script: 'echo again', deadlineSeconds: 20 })).resolves.toMatchObject({
        stdout: 'again\n',
      });
    });

    const bigScript = `echo a\n${'#'.repeat(100 * 1024 - 7)}`;

    (takesBigPackets ? it : it.failing)('runs a script of 100 KiB', async () => {
      const { shell: own } = await scene.connect(scene.settingsFor(server));
      await expect(own.run({ script: bigScript, deadlineSeconds: 20 })).resolves.toMatchObject({ stdout: 'a\n' });
    });

    it('refuses a larger script without sending it', async () => {
      const failure = await catchFailure(run(`${bigScript}#`));
      expect(failure).toMatchObject({ reason: 'Unsupported', message: expect.stringContaining('102401 bytes') });
    });

    it.each<[string, Partial<ScriptCall>]>([
      ['quotes that make a command too long', { script: "'".repeat(60_000) }],
      ['too many arguments', { arguments: ['x'.repeat(140_000)] }],
      ['too much input', { input: 'x'.repeat(MEBIBYTE + 1) }],
      ['a NUL', { arguments: ['a\0b'] }],
    ])('refuses %s', async (_name, call) => {
      await expect(catchFailure(run('true', call))).resolves.toMatchObject({ reason: 'Unsupported' });
    });

    it('reports an unknown end when the shell is closed while a script runs', async () => {
      const { shell: own } = await scene.connect(scene.settingsFor(server));
      const { script, started } = holdUp();
      const end = own.run({ script, deadlineSeconds: 20 });
      await run(`while ! test -e ${started}; do sleep 0.01; done`);
      await own.close();
      await expect(end).resolves.toEqual({
        kind: 'unknown',
        message: expect.stringContaining('node "n1" (127.0.0.1:') as never,
      });
      await own.close();
      await expect(catchFailure(own.run({ script: 'true', deadlineSeconds: 20 }))).resolves.toMatchObject({
        reason: 'Unreachable',
      });
    });

    describe('over a network that fails', () => {
      it.each(['goSilent', 'reset'] as const)('reports an unknown end of a script (%s)', async (fault) => {
        const relay = await scene.startRelay(server);
        const settings = scene.settingsFor(server, relay.port);
        const { shell: relayed } = await scene.connect(settings, { keepalive: SHORT_KEEPALIVE });
        const { script, started, release } = holdUp();
        const end = relayed.run({ script, deadlineSeconds: 20 });
        await run(`while ! test -e ${started}; do sleep 0.01; done`);
        relay[fault]();
        await expect(end).resolves.toEqual({
          kind: 'unknown',
          message: expect.stringContaining('the connection was lost before its'),
        });
        await expect(catchFailure(relayed.run({ script: 'true', deadlineSeconds: 20 }))).resolves.toMatchObject({
          reason: 'Unreachable',
          message: expect.stringContaining('No command was started'),
        });
        await relayed.close();
        release();
      });

      it('reports an unknown end when the start of a script is not reported', async () => {
        const relay = await scene.startRelay(server);
        const settings = scene.settingsFor(server, relay.port);
        const { shell: relayed } = await scene.connect(settings, { keepalive: SHORT_KEEPALIVE });
        relay.goSilent();
        const started = join(scene.folder, 'started');
        await expect(relayed.run({ script: `echo >${started}`, deadlineSeconds: 0.1 })).resolves.toMatchObject({
          kind: 'unknown',
        });
        expect(existsSync(started)).toBe(false);
        relay.reset();
      });
    });
  });
};
