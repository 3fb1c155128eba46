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
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    child.on('close', (code, signal) => {
      this.#running.delete(child);
      if (signal === null) {
        channel.exit(code ?? 0);
      } else {
        channel.exit(signal.replace(/^SIG/, ''), false, 'killed');
      }
      channel.end();
    });
  }

  stop(): void {
    for (const child of this.#running) {
      child.kill('SIGKILL');
    }
  }

  #toShellText(command: string): string {
    // The product runs its scripts only as root; the tests of its shell run as any user.
    const asRoot = process.getuid?.() === 0 ? command : command.replace('$(id -u)', '0');
    const { noise } = this.#habits;
    return noise === undefined ? asRoot : `echo '${noise}'; echo '${noise}' >&2; exec ${asRoot}`;
  }
}
