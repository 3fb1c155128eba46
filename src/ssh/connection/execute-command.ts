import type { ClientChannel } from 'ssh2';
import { HostFailure } from '../../ports/host-failure.ts';
import { CappedOutput } from './capped-output.ts';
import type { CommandEnd } from './remote-shell.ts';
import type { SshConnection } from './ssh-connection.ts';

export interface CommandInput {
  readonly command: string;
  readonly input: string;
  readonly deadlineSeconds: number;
  readonly readsOnly: boolean;
  /** For messages: `toLabel`. */
  readonly label: string;
}

/**
 * Runs one command line without a terminal. Its end counts only when the channel closes with an exit code or a signal: everything else
 * is `unknown`. At the deadline the channel is closed, which stops nothing on the host.
 *
 * @throws HostFailure `Unreachable`, retryable: the command was not started; the connection was lost or has too many sessions.
 * @throws HostFailure `Unsupported`, not retryable: the command was not started; sshd does not run commands for this user.
 */
export const executeCommand = (connection: SshConnection, input: CommandInput): Promise<CommandEnd> =>
  new Promise((resolve, reject) => {
    const run = new CommandRun(connection, input, resolve, reject);
    run.start();
  });

class CommandRun {
  readonly #connection: SshConnection;
  readonly #input: CommandInput;
  readonly #resolve: (end: CommandEnd) => void;
  readonly #reject: (failure: HostFailure) => void;
  readonly #stdout = new CappedOutput();
  readonly #stderr = new CappedOutput();
  #channel: ClientChannel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(
    connection: SshConnection,
    input: CommandInput,
    resolve: (end: CommandEnd) => void,
    reject: (failure: HostFailure) => void,
  ) {
    this.#connection = connection;
    this.#input = input;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { command, deadlineSeconds } = this.#input;
    this.#timer = setTimeout(() => {
      this.#finish(this.#toUnknown(`its end was not reported within ${deadlineSeconds} s`));
    }, deadlineSeconds * 1000);
    try {
      this.#connection.exec(command, (error, channel) => {
        if (error === undefined) {
          this.#follow(channel);
        } else {
          this.#takeRefusal(error);
        }
      });
    } catch {
      this.#fail('Unreachable', 'the connection was lost; connect again');
    }
  }

  #follow(channel: ClientChannel): void {
    this.#channel = channel;
    if (this.#hasEnded) {
      channel.close();
      return;
    }
    channel.on('data', this.#stdout.add);
    channel.stderr.on('data', this.#stderr.add);
    // The channel closes when stdout is read to its end; some of stderr may still be in transit.
    const stderrClosed = new Promise((resolve) => channel.stderr.once('close', resolve));
    channel.once('close', (code: unknown, signal: unknown) => {
      void stderrClosed.then(() => {
        this.#finish(this.#toEnd(code, signal));
      });
    });
    channel.end(this.#input.input);
  }

  /** ssh2 closes the channels of a lost connection as if they had ended: with the exit code, if received, and part of the output. */
  #toEnd(code: unknown, signal: unknown): CommandEnd {
    const outputs = { stdout: this.#stdout.toText(), stderr: this.#stderr.toText() };
    if (this.#connection.isLost) {
      return this.#toUnknown('the connection was lost before its end was reported');
    }
    if (Number.isInteger(code)) {
      return { kind: 'exited', code: code as number, ...outputs };
    }
    return typeof signal === 'string'
      ? { kind: 'signalled', signal, ...outputs }
      : this.#toUnknown('the host closed the channel without an exit status');
  }

  /** ssh2 has the same message for a command that was rejected and for one whose response was lost. */
  #takeRefusal(error: Error): void {
    const isSent = error.message === 'Unable to exec';
    if (this.#connection.isLost) {
      if (isSent) {
        this.#finish(this.#toUnknown('the connection was lost before its start was reported'));
      } else {
        this.#fail('Unreachable', 'the connection was lost; connect again');
      }
    } else if (isSent) {
      this.#fail(
        'Unsupported',
        'its sshd does not run commands for this user; check its configuration for ForceCommand and similar settings',
      );
    } else {
      this.#fail('Unreachable', 'its sshd opens no more sessions (MaxSessions); retry when other sessions have ended');
    }
  }

  #toUnknown(why: string): CommandEnd {
    const { label, readsOnly } = this.#input;
    const consequence = readsOnly
      ? 'It only reads: nothing was changed on the host.'
      : 'It may have done all, some or none of its work, and may still be running. Check the host before the command is repeated.';
    return {
      kind: 'unknown',
      message: `The state of a command on the host of ${label} is unknown: ${why}. ${consequence}`,
    };
  }

  #fail(reason: 'Unreachable' | 'Unsupported', problem: string): void {
    this.#end();
    this.#reject(new HostFailure(reason, `No command was started on the host of ${this.#input.label}: ${problem}.`));
  }

  #finish(end: CommandEnd): void {
    this.#end();
    this.#resolve(end);
  }

  #end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#channel?.close();
  }
}
