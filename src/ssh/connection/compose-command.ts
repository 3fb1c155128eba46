import { HostFailure } from '../../ports/host-failure.ts';
import type { ScriptCall } from './remote-shell.ts';
import { toShellArguments } from './shell-arguments.ts';

/** The maximum length of an argument (Linux MAX_ARG_STRLEN, 128 KiB with its final NUL); a command is one argument of the login shell. */
const MAX_COMMAND_BYTES = 128 * 1024 - 1;
const MAX_SCRIPT_BYTES = 100 * 1024;
const MAX_INPUT_BYTES = 1024 * 1024;

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin';

/**
 * One command line for the login shell, of any kind: the script as one argument of `sh -c`, without the login's environment, under `sudo -n`
 * as a whole, so that globs, redirections and tests run with root privileges.
 *
 * @throws HostFailure `Unsupported`, not retryable: the call is too large or contains a NUL, which is impossible in an argument.
 */
export const composeCommand = (call: ScriptCall, sudo: boolean): string => {
  const [flag = '', ...texts] = toShellArguments(call);
  const shell = `/bin/sh ${flag} ${texts.map((text) => `'${text}'`).join(' ')}`;
  const clean = `/usr/bin/env -i LC_ALL=C PATH=${PATH} HOME=/root ${shell}`;
  const command = sudo ? `/usr/bin/env LC_ALL=C PATH=${PATH} sudo -n -- ${clean}` : clean;
  checkSizes(call, command);
  return command;
};

const checkSizes = ({ script, input = '' }: ScriptCall, command: string): void => {
  const problem =
    findExcess('The script', script, MAX_SCRIPT_BYTES) ??
    findExcess('The command', command, MAX_COMMAND_BYTES) ??
    findExcess('The input', input, MAX_INPUT_BYTES) ??
    (command.includes('\0')
      ? 'The script or an argument contains a NUL, which is impossible in an argument'
      : undefined);
  if (problem !== undefined) {
    throw new HostFailure('Unsupported', `${problem}. This is a bug in node-decommission; nothing was sent.`);
  }
};

const findExcess = (what: string, text: string, most: number): string | undefined => {
  const size = Buffer.byteLength(text);
  return size > most ? `${what} has ${size} bytes; the maximum is ${most}` : undefined;
};
