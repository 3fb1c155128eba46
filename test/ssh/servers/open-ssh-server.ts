import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeKey } from './keys.ts';
import type { KeyPair } from './keys.ts';
import { MAX_SESSIONS } from './ssh-test-server.ts';
import type { ServerHabits, SshTestServer } from './ssh-test-server.ts';

const SSHD = '/usr/sbin/sshd';

/** sshd runs its unprivileged part here; normally systemd creates the folder. */
const PRIVILEGE_SEPARATION_FOLDER = '/run/sshd';

/** Why OpenSSH's server cannot run here, as one sentence; `undefined` when it can. */
export const findOpenSshObstacle = (): string | undefined => {
  if (!existsSync(SSHD)) {
    return `There is no ${SSHD}: install OpenSSH's server (apt-get install openssh-server).`;
  }
  return process.getuid?.() === 0
    ? undefined
    : 'OpenSSH requires root to log other users in, and the tests do not run as root.';
};

/** The real sshd, with temporary keys and its own configuration; root logs in. */
class OpenSshServer implements SshTestServer {
  readonly clientKey: KeyPair = makeKey();
  readonly hostKeys: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  readonly #habits: ServerHabits;
  readonly #log: string[] = [];
  #process: ChildProcess | undefined;
  #port = 0;

  constructor(habits: ServerHabits) {
    this.#habits = habits;
    this.hostKeys = (['ed25519', 'rsa'] as const).map((kind) => {
      const key = makeKey(kind);
      writeFileSync(join(this.#folder, `host_${kind}`), key.privateKey, { mode: 0o600 });
      return key.publicLine;
    });
    writeFileSync(join(this.#folder, 'authorized_keys'), `${this.clientKey.publicLine}\n`);
    writeFileSync(join(this.#folder, 'noise'), toNoise(habits));
    const home = join(this.#folder, 'home');
    mkdirSync(home);
    for (const [name, text] of Object.entries(habits.login?.home ?? {}))
      writeFileSync(join(home, name), text, { mode: 0o755 });
    writeFileSync(join(this.#folder, 'passwd'), toPasswd(habits, home));
  }

  get port(): number {
    return this.#port;
  }

  /** Tries another port if a process takes the free one before sshd does. */
  async start(): Promise<void> {
    mkdirSync(PRIVILEGE_SEPARATION_FOLDER, { recursive: true, mode: 0o755 });
    for (let tries = 0; tries < 5; tries += 1) {
      this.#port = await findFreePort();
      if (await this.#listen()) {
        return;
      }
    }
    throw new Error(`sshd does not listen:\n${this.#log.join('\n')}`);
  }

  async stop(): Promise<void> {
    const sshd = this.#process;
    if (sshd?.exitCode === null && sshd.signalCode === null) {
      const exited = new Promise((resolve) => sshd.once('exit', resolve));
      sshd.kill('SIGTERM');
      await exited;
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #listen(): Promise<boolean> {
    writeFileSync(join(this.#folder, 'sshd_config'), this.#toConfiguration());
    // With users of its own, in a mount namespace of its own.
    const ownUsers = ['--mount', '--propagation', 'private', 'sh', '-c', 'mount --bind "$0" /etc/passwd && exec "$@"'];
    const command = [SSHD, '-D', '-e', '-f', join(this.#folder, 'sshd_config')];
    const isolated = [...ownUsers, join(this.#folder, 'passwd'), ...command];
    const isOwn = this.#habits.login !== undefined;
    const sshd = spawn(isOwn ? 'unshare' : SSHD, isOwn ? isolated : command.slice(1), {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = sshd;
    const lines = createInterface({ input: sshd.stderr });
    return await new Promise((resolve) => {
      lines.on('line', (line) => {
        this.#log.push(line);
        if (line.includes('Server listening on')) {
          resolve(true);
        }
      });
      lines.on('close', () => {
        resolve(false);
      });
    });
  }

  #toConfiguration(): string {
    const file = (name: string): string => join(this.#folder, name);
    return `
Port ${this.#port}
ListenAddress 0.0.0.0
HostKey ${file('host_ed25519')}
HostKey ${file('host_rsa')}
AuthorizedKeysFile ${file('authorized_keys')}
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxSessions ${MAX_SESSIONS}
MaxStartups 100
SetEnv STRAY=variable ${this.#habits.noise === undefined ? '' : `BASH_ENV=${file('noise')}`}
`;
  }
}

export const startOpenSshServer = async (habits: ServerHabits = {}): Promise<SshTestServer> => {
  const server = new OpenSshServer(habits);
  await server.start();
  return server;
};

/** This machine's users, with another shell and home for root; a shell without a slash is a file of that home. */
const toPasswd = ({ login }: ServerHabits, home: string): string =>
  readFileSync('/etc/passwd', 'utf8').replace(/^root:.*$/m, () => {
    const shell = login?.shell ?? '/bin/sh';
    return `root:x:0:0:root:${home}:${shell.includes('/') ? shell : join(home, shell)}`;
  });

const toNoise = ({ noise = '' }: ServerHabits): string => `echo '${noise}'\necho '${noise}' >&2\n`;

const findFreePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
