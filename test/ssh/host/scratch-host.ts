import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe } from '@jest/globals';
import { ShellHost } from '../../../src/ssh/host/shell-host.ts';
import type { CommandEnd, RemoteShell, ScriptCall } from '../../../src/ssh/connection/remote-shell.ts';
import { cutBeforeMark, toShellArguments } from '../../../src/ssh/connection/shell-arguments.ts';

const STUBS = fileURLToPath(new URL('stubs', import.meta.url));

const obstacle = ((): string | undefined => {
  if (process.platform !== 'linux') return `this machine runs ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'the tests do not run as root';
  try {
    execFileSync('unshare', ['--mount', '--pid', '--fork', '--net', '--uts', 'mount', '-t', 'tmpfs', 'x', '/mnt'], {
      stdio: 'ignore',
    });
    return undefined;
  } catch {
    return 'this machine does not allow new namespaces';
  }
})();
if (obstacle !== undefined) {
  process.stderr.write(`\nTHE SCRIPTS FOR HOSTS ARE NOT TESTED: ${obstacle}.\n\n`);
}

/** `describe` where a scratch host can be created; skipped elsewhere, with one line on stderr. */
export const describeOnScratchHost = obstacle === undefined ? describe : describe.skip;

const UNIT_POLL_MILLISECONDS = 20;
const UNIT_PATIENCE_MILLISECONDS = 3_000;
const SCRATCH_HOST = 'node "worker-1" (scratch)';

type Tool = 'crictl' | 'ctr' | 'docker';

/** The root folders of the hosts of these connections. */
const roots = new WeakMap<object, string>();

/**
 * Waits until the stand-in for systemd has ended the unit, without starting a process on the host; at most some seconds, because it does not
 * notice a unit that was killed. Returns at once for other hosts.
 */
export const awaitUnitEnd = async (connection: object, unit: string): Promise<void> => {
  const root = roots.get(connection);
  if (root === undefined) return;
  const isRunning = (): boolean => {
    try {
      return readFileSync(`${root}/run/stub/units/${unit}`, 'utf8').startsWith('loaded active');
    } catch {
      // Ended, or the host is stopped: its next read shows which.
      return false;
    }
  };
  const deadlineAt = Date.now() + UNIT_PATIENCE_MILLISECONDS;
  while (isRunning() && Date.now() < deadlineAt)
    await new Promise((resolve) => setTimeout(resolve, UNIT_POLL_MILLISECONDS));
};

interface Machine {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly pid: number;
}

/** A scratch host for each test of the suite: empty except for these tools and what `plant` adds. */
export const useScratchHost = (
  tools: readonly Tool[] = ['crictl', 'ctr'],
  plant: (host: ScratchHost) => Promise<void> = () => Promise.resolve(),
): ScratchHost => {
  const host = new ScratchHost(tools);
  beforeEach(async () => {
    await host.boot();
    await plant(host);
  });
  afterEach(async () => {
    await host.stop();
  });
  return host;
};

/**
 * An empty "host" that the scripts may destroy: private namespaces with their own root over this machine's /usr, and stand-ins for systemd
 * and runtimes in /usr/local/bin. `stop` ends everything in it.
 */
export class ScratchHost {
  readonly #tools: readonly Tool[];
  #machine: Machine | undefined;
  #sockets: Server[] = [];
  #connected: ShellHost | undefined;

  constructor(tools: readonly Tool[] = []) {
    this.#tools = tools;
  }

  static async start(tools: readonly Tool[] = []): Promise<ScratchHost> {
    const host = new ScratchHost(tools);
    await host.boot();
    return host;
  }

  /** Starts an empty host again after each `stop`. */
  async boot(): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'host-'));
    const namespaces = [
      '--mount',
      '--pid',
      '--fork',
      '--net',
      '--uts',
      '--kill-child=KILL',
      '--propagation',
      'private',
    ];
    const child = spawn('unshare', [...namespaces, '/bin/sh', join(STUBS, 'boot.sh'), folder, STUBS], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // A test that does not stop it still ends; the host ends with this process.
    child.unref();
    (child.stdin as unknown as { unref(): void }).unref();
    const [ready] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as unknown[];
    if (String(ready).trim() !== 'ready') throw new Error('the scratch host did not start');
    child.stdout.destroy();
    const children = readFileSync(`/proc/${child.pid ?? 0}/task/${child.pid ?? 0}/children`, 'utf8');
    this.#machine = { process: child, folder, pid: Number(children.trim()) };
    for (const tool of this.#tools) cpSync(join(STUBS, tool), this.#path(`/usr/local/bin/${tool}`));
  }

  /** The port's Host for this host, one until it stops; with a `shell` that intercepts calls, one for each call. */
  connect(shell?: RemoteShell): ShellHost {
    if (shell !== undefined) return this.#register(new ShellHost(shell, SCRATCH_HOST));
    this.#connected ??= this.#register(new ShellHost(this.shell, SCRATCH_HOST));
    return this.#connected;
  }

  #register(connection: ShellHost): ShellHost {
    roots.set(connection, this.#path(''));
    return connection;
  }

  /** As for a decommission that begins now: its stages get what the host shows now. */
  reconnect(): ShellHost {
    this.#connected = undefined;
    return this.connect();
  }

  /** Root's shell on the host, with the results of a remote shell. */
  readonly shell: RemoteShell = {
    run: (call) => this.#run(call),
    close: () => Promise.resolve(),
  };

  /** Runs a script that must succeed. Returns its output without the last line end. */
  async sh(script: string): Promise<string> {
    const end = await this.#run({ script, deadlineSeconds: 60 });
    if (end.kind === 'exited' && end.code === 0) return end.stdout.replace(/\n$/, '');
    throw new Error(`on the scratch host: ${JSON.stringify(end)}`);
  }

  /** Whether the path exists; a symbolic link counts itself. */
  async has(path: string): Promise<boolean> {
    return (await this.sh(`if [ -e '${path}' ] || [ -L '${path}' ]; then echo yes; fi`)) === 'yes';
  }

  /** Calls of the stand-ins so far that contain a text, one per line. */
  async calls(part: string): Promise<readonly string[]> {
    const calls = await this.sh('cat /run/stub/calls 2>/dev/null || true');
    return calls.split('\n').filter((call) => call.includes(part));
  }

  /** Creates a socket file, for scripts that test whether it exists. */
  async listen(path: string): Promise<void> {
    mkdirSync(dirname(this.#path(path)), { recursive: true });
    const server = createServer((socket) => socket.destroy());
    await once(server.listen(this.#path(path)), 'listening');
    this.#sockets.push(server);
  }

  /** Creates a socket on which a process of the host listens for a minute. */
  async serve(path: string): Promise<void> {
    await this.sh(`mkdir -p '${dirname(path)}'
      setsid perl -MIO::Socket::UNIX -e 'my $socket = IO::Socket::UNIX->new(Local => "${path}", Listen => 1) or die; sleep 60' </dev/null >/dev/null 2>&1 &
      for _ in 1 2 3 4 5 6 7 8 9 10; do if grep -q '${path}' /proc/net/unix; then exit; fi; sleep 0.1; done
      exit 1`);
  }

  /** Hides tools of /usr/bin. */
  async hide(...tools: readonly string[]): Promise<void> {
    await this.sh(tools.map((tool) => `mount --bind /dev/null /usr/bin/${tool}`).join('\n'));
  }

  async stop(): Promise<void> {
    this.#connected = undefined;
    for (const server of this.#sockets) server.close();
    this.#sockets = [];
    if (this.#machine === undefined) return;
    const { process, folder } = this.#machine;
    this.#machine = undefined;
    if (process.exitCode === null) {
      process.kill('SIGKILL');
      await once(process, 'exit');
    }
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  }

  #path(path: string): string {
    return `/proc/${this.#pid}/root${path}`;
  }

  get #pid(): number {
    if (this.#machine === undefined) throw new Error('the scratch host does not run');
    return this.#machine.pid;
  }

  async #run(call: ScriptCall): Promise<CommandEnd> {
    const { input = '', deadlineSeconds } = call;
    const enter = ['-t', String(this.#pid), '--mount', '--pid', '--net', '--uts', '--root'];
    const clean = ['/usr/bin/env', '-C', '/', '-i', 'PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/root'];
    const child = spawn('nsenter', [...enter, ...clean, '/bin/sh', ...toShellArguments(call)], {
      timeout: deadlineSeconds * 1000,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.stdin.on('error', () => undefined).end(input);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    const outputs = {
      stdout: cutBeforeMark(output.stdout) ?? '',
      stderr: cutBeforeMark(output.stderr) ?? output.stderr,
    };
    return code === null
      ? { kind: 'signalled', signal: signal ?? '', ...outputs }
      : { kind: 'exited', code, ...outputs };
  }
}
