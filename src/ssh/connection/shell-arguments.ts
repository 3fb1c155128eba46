import type { ScriptCall } from './remote-shell.ts';

/**
 * First line on both outputs. It proves that the script started, which the exit code of sudo or a login shell does not, and output of the
 * login shell's start-up files before it can be cut off.
 */
export const BEGIN_MARK = '--- node-decommission: the script begins ---';

/**
 * Restores the script and its arguments (`encode`) and runs the script in a shell whose outputs are files; they are passed on when it has
 * ended. So a process that hangs and is left behind keeps the connection open in no way, and a lost connection interrupts no script. The
 * files are in a folder where only root can write, and have no name while the script runs. Where they cannot be created, it runs without.
 * The script's length is checked: what a login shell changed does not run. Contains nothing that a shell changes in single quotes.
 */
const PROGRAM = [
  'decode() { text=$(printf %b. "$1"); text=${text%.}; }',
  'decode "$2"; script=$text; [ ${#script} = $1 ] || exit 64; shift 2; left=$#',
  'while [ $left -gt 0 ]; do decode "$1"; shift; set -- "$@" "$text"; left=$((left - 1)); done',
  `echo "${BEGIN_MARK}"; echo "${BEGIN_MARK}" >&2`,
  'umask 077; file=/run/node-decommission.$$',
  'if { true >$file && true >$file.err; } 2>/dev/null',
  'then exec 3>>$file 4>>$file.err 5<$file 6<$file.err; rm -f $file $file.err',
  '{ (exec /bin/sh -c "$script" sh "$@" >&3 2>&4 3>&- 4>&- 5<&- 6<&-); code=$?; } 2>/dev/null',
  'exec 3>&- 4>&-; cat <&5; cat <&6 >&2',
  'else /bin/sh -c "$script" sh "$@"; code=$?; fi',
  'if [ $code -gt 128 ]; then kill -$((code - 128)) $$ 2>/dev/null; fi; exit $code',
].join('; ');

/** Arguments of `sh` that run a script. */
export const toShellArguments = ({ script, arguments: args = [] }: ScriptCall): readonly string[] => [
  '-c',
  PROGRAM,
  'sh',
  String(Buffer.byteLength(script)),
  encode(script),
  ...args.map(encode),
];

/**
 * For `printf %b`. Without what has a meaning in the single quotes of some login shell: the quote itself, `\` (fish), `!` and line ends (csh).
 */
const encode = (text: string): string =>
  text.replace(/['\\!\n\r]/g, (character) => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** The output after the line with the mark; `undefined` without one. */
export const cutBeforeMark = (output: string): string | undefined => {
  const start = `\n${output}`.indexOf(`\n${BEGIN_MARK}\n`);
  return start < 0 ? undefined : output.slice(start + BEGIN_MARK.length + 1);
};
