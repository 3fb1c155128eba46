import type { ClientChannel } from 'ssh2';
import { HostFailure } from '../../ports/host-failure.ts';
import { CappedOutput } from './capped-output.ts';
import type { CommandEnd } from './remote-shell.ts';
import type { SshConnection } from './ssh-connection.ts';

export interface CommandInput {
  readonly command: string;
  readonly input: string;
  readonly deadlineSeconds: number;
  /** For sentences: `toLabel`. */
  readonly label: string;
}

/**
 * Runs one command line without a terminal. Its end counts only when the channel closed with an exit code or a signal: everything else
 * is `unknown`. At the deadline the channel is closed; that ends nothing on the host.
 *
 * @throws HostFailure `Unreachable` or `Unsupported` when the command never began.
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
      this.#finish(this.#toUnknown(`no end was heard of within ${deadlineSeconds} s`));
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
      this.#fail('Unreachable', 'the connection has gone; connect anew');
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
    // The channel closes when stdout was read to its end; some of stderr may still be on its way.
    const stderrClosed = new Promise((resolve) => channel.stderr.once('close', resolve));
    channel.once('close', (code: unknown, signal: unknown) => {
      void stderrClosed.then(() => {
        this.#finish(this.#toEnd(code, signal));
      });
    });
    channel.end(this.#input.input);
  }

  /** ssh2 closes the channels of a lost connection as if they had ended: with the exit code, if it was heard of, and half of the output. */
  #toEnd(code: unknown, signal: unknown): CommandEnd {
    const outputs = { stdout: this.#stdout.toText(), stderr: this.#stderr.toText() };
    if (this.#connection.isLost) {
      return this.#toUnknown('the connection went before its end was heard of');
    }
    if (Number.isInteger(code)) {
      return { kind: 'exited', code: code as number, ...outputs };
    }
    return typeof signal === 'string'
      ? { kind: 'signalled', signal, ...outputs }
      : this.#toUnknown('the host closed its channel without a word about its end');
  }

  /** ssh2 has one message for a command that was refused and for one whose answer was lost. */
  #takeRefusal(error: Error): void {
    const isSent = error.message === 'Unable to exec';
    if (this.#connection.isLost) {
      if (isSent) {
        this.#finish(this.#toUnknown('the connection went before its beginning was heard of'));
      } else {
        this.#fail('Unreachable', 'the connection has gone; connect anew');
      }
    } else if (isSent) {
      this.#fail('Unsupported', 'its sshd carries out no commands for this user; look for ForceCommand and the like');
    } else {
      this.#fail('Unreachable', 'its sshd opens no further session (MaxSessions); try again when others have ended');
    }
  }

  #toUnknown(why: string): CommandEnd {
    const message = `A command on the host of ${this.#input.label} may have done all, some or none of its work, and may still be at it: ${why}. Look there before it is repeated.`;
    return { kind: 'unknown', message };
  }

  #fail(reason: 'Unreachable' | 'Unsupported', problem: string): void {
    this.#end();
    this.#reject(new HostFailure(reason, `No command was begun on the host of ${this.#input.label}: ${problem}.`));
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
