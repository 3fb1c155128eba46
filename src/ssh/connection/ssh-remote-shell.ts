import { HostFailure } from '../../ports/host-failure.ts';
import type { HostFailureReason } from '../../ports/host-failure.ts';
import { composeCommand } from './compose-command.ts';
import type { CommandEnd, RemoteShell, ScriptCall } from './remote-shell.ts';
import { executeCommand } from './execute-command.ts';
import { explainNeverBegan } from './never-began.ts';
import { cutBeforeMark } from './shell-arguments.ts';
import type { SshConnection } from './ssh-connection.ts';

export interface ShellSettings {
  readonly user: string;
  readonly sudo: boolean;
  /** For messages: `toLabel`. */
  readonly label: string;
}

/** `RemoteShell` over a connection that it owns; the interface documents each call. */
export class SshRemoteShell implements RemoteShell {
  readonly #connection: SshConnection;
  readonly #settings: ShellSettings;

  constructor(connection: SshConnection, settings: ShellSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  async run(call: ScriptCall): Promise<CommandEnd> {
    const { user, sudo, label } = this.#settings;
    const command = composeCommand(call, sudo);
    const end = await executeCommand(this.#connection, {
      command,
      input: call.input ?? '',
      deadlineSeconds: call.deadlineSeconds,
      readsOnly: call.readsOnly ?? false,
      label,
    });
    if (end.kind === 'unknown') {
      return end;
    }
    const stdout = cutBeforeMark(end.stdout);
    if (end.kind === 'exited' && stdout === undefined) {
      const { reason, problem } = explainNeverBegan({ ...end, user, sudo, own: [command, call.script] });
      throw this.#toFailure(reason, problem);
    }
    return { ...end, stdout: stdout ?? '', stderr: cutBeforeMark(end.stderr) ?? end.stderr };
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /**
   * @throws HostFailure `NoRights`, not retryable: scripts run without root privileges, or sudo is missing or rejects the user.
   * @throws HostFailure `Unsupported`, not retryable: the login shell does not run scripts, or sshd does not run commands.
   * @throws HostFailure `Unreachable`, retryable: the connection was lost.
   */
  async checkRights(deadlineSeconds: number): Promise<void> {
    const end = await this.run({ script: 'test "$(id -u)" = 0', deadlineSeconds, readsOnly: true });
    if (end.kind === 'unknown') {
      throw this.#toFailure('Unreachable', 'the connection was lost before it was ready; connect again');
    }
    if (end.kind !== 'exited' || end.code !== 0) {
      throw this.#toFailure('NoRights', this.#describeMissingRights());
    }
  }

  #describeMissingRights(): string {
    const { user, sudo } = this.#settings;
    return sudo
      ? `sudo runs as another user than root for user "${user}"; correct its rule in sudoers`
      : `user "${user}" is not root; set \`sudo: true\` under \`hosts\`, or another \`user\``;
  }

  #toFailure(reason: HostFailureReason, problem: string): HostFailure {
    return new HostFailure(reason, `Scripts cannot run on the host of ${this.#settings.label}: ${problem}.`);
  }
}
