import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { ServerChannel } from 'ssh2';
import type { ServerHabits } from './ssh-test-server.ts';

/** Runs a client's commands with `sh -c` on this machine, as sshd does without a terminal. */
export class LocalCommands {
  readonly #habits: ServerHabits;
  readonly #running = new Set<ChildProcess>();

  constructor(habits: ServerHabits) {
    this.#habits = habits;
  }

  run(command: string, channel: ServerChannel): void {
    const child = spawn('/bin/sh', ['-c', this.#toShellText(command)], { stdio: 'pipe', env: { STRAY: 'variable' } });
    this.#running.add(child);
    channel.pipe(child.stdin);
    // The command may end before it has read everything.
    child.stdin.on('error', () => undefined);
    // ssh2's server keeps a text that once waited for the client's window, and would send it again in place of one that waits on stderr.
    const forget = (): void => void Object.assign(channel, { _chunk: undefined, _chunkcb: undefined });
    child.stdout.on('data', (chunk: Buffer) => {
      child.stdout.pause();
      channel.write(chunk, () => {
        forget();
        child.stdout.resume();
      });
    });
    child.stderr.pipe(channel.stderr, { end: false });
    child.on('close', (code, signal) => {
      this.#running.delete(child);
      // Only when all of stderr has been sent: it has a buffer of its own.
      channel.stderr.write('', () => {
        if (signal === null) {
          channel.exit(code ?? 0);
        } else {
          channel.exit(signal.replace(/^SIG/, ''), false, 'killed');
        }
        channel.end();
      });
    });
  }

  stop(): void {
    for (const child of this.#running) {
      child.kill('SIGKILL');
    }
  }

  #toShellText(command: string): string {
    // The product runs its scripts only as root; the tests of its shell run as any user; its length is checked.
    const asRoot = process.getuid?.() === 0 ? command : command.replace('$(id -u)', '$((000))');
    const { noise } = this.#habits;
    return noise === undefined ? asRoot : `echo '${noise}'; echo '${noise}' >&2; exec ${asRoot}`;
  }
}
