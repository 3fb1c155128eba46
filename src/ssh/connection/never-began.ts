import type { HostFailureReason } from '../../ports/host-failure.ts';

/** A command whose script did not begin: sudo or the login shell ended it. */
export interface NeverBegan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly user: string;
  readonly sudo: boolean;
  /** Texts of ours that must not be quoted: the command line and the script. */
  readonly own: readonly string[];
}

export interface Cause {
  readonly reason: HostFailureReason;
  /** What is wrong, the words of the program in quotes, and what to do; without a full stop. */
  readonly problem: string;
}

/** Which program kept the script from beginning, in its own words. Pure. */
export const explainNeverBegan = (end: NeverBegan): Cause =>
  (end.sudo ? explainSudo(end) : undefined) ?? explainLoginShell(end);

/** A line that sudo (1.8 to 1.9) or sudo-rs prints when LC_ALL is C. */
const SUDO_LINE = /^sudo(-rs)?: |sudoers|may not run sudo|not allowed to (execute|run)|I'm sorry \S+\. I'm afraid/i;
const NO_SUDO_LINE = /\bsudo\b.*(no such file|not found)/i;

interface SudoCause {
  readonly words: RegExp;
  readonly problem: (user: string) => string;
  readonly remedy: (user: string) => string;
}

const SUDO_CAUSES: readonly SudoCause[] = [
  {
    words: /password is required|terminal is required|interactive authentication is required/i,
    problem: (user) => `sudo requires a password of user "${user}"`,
    remedy: (user) => `allow it without one (\`${user} ALL=(root) NOPASSWD: ALL\` in sudoers)`,
  },
  {
    words: /must have a tty/i,
    problem: (user) => `sudo requires a terminal for user "${user}"`,
    remedy: (user) => `allow it without one (\`Defaults:${user} !requiretty\` in sudoers)`,
  },
  {
    words: /in the sudoers file|may not run sudo|not allowed to (execute|run)|I'm sorry/i,
    problem: (user) => `sudo does not allow user "${user}" to run commands as root`,
    remedy: (user) => `allow it (\`${user} ALL=(root) NOPASSWD: ALL\` in sudoers)`,
  },
  {
    words: /account validation failure|expired|locked/i,
    problem: (user) => `sudo rejects the account of user "${user}"`,
    remedy: (user) => `renew or unlock the account (\`chage -l ${user}\` shows its dates)`,
  },
];

const explainSudo = (end: NeverBegan): Cause | undefined => {
  const { user } = end;
  const lines = toLines(end);
  const missing = lines.filter((line) => NO_SUDO_LINE.test(line) && !/^sudo(-rs)?: /i.test(line));
  if (missing.length > 0) {
    return toNoRights(
      `sudo is not available${quote(missing)}; install it, or log in as root (\`user: root\`, \`sudo: false\`)`,
    );
  }
  const spoken = lines.filter((line) => SUDO_LINE.test(line));
  if (spoken.length === 0) return undefined;
  const cause = SUDO_CAUSES.find(({ words }) => words.test(spoken.join('\n')));
  return toNoRights(
    cause === undefined
      ? `sudo failed for user "${user}"${quote(spoken)}; find the cause on the host with \`sudo -n true\``
      : `${cause.problem(user)}${quote(spoken)}; ${cause.remedy(user)}`,
  );
};

const toNoRights = (problem: string): Cause => ({ reason: 'NoRights', problem });

const explainLoginShell = (end: NeverBegan): Cause => {
  const { code, user } = end;
  const lines = toLines(end);
  const shell = `the login shell of user "${user}"`;
  const remedy = `give the user a shell that runs commands, e.g. \`usermod --shell /bin/sh ${user}\`, and no forced command`;
  if (lines.some((line) => /account is (currently )?not available|nologin/i.test(line))) {
    return { reason: 'Unsupported', problem: `${shell} does not allow logins${quote(lines)}; ${remedy}` };
  }
  const found =
    lines.length === 0
      ? `ended with exit code ${code} and printed nothing, so it runs no commands or one of its start-up files exits`
      : `did not run the command and ended with exit code ${code}${quote(lines)}`;
  return {
    reason: 'Unsupported',
    problem: `${shell} ${found}; correct its start-up files, e.g. ~/.bashrc, or ${remedy}`,
  };
};

const MAX_WORDS = 300;
const MAX_LINES = 20;
/** Of each end of a long line. */
const MAX_LINE_END = 600;

const quote = (lines: readonly string[]): string => {
  const words = lines.join(' ').replaceAll('"', "'");
  return words === '' ? '' : `: "${words.length > MAX_WORDS ? `…${words.slice(-MAX_WORDS)}` : words}"`;
};

/**
 * The last lines on stderr, or on stdout if there are none: start-up files print first. Without control characters, and without our own
 * command, which shells and sudo like to repeat.
 */
const toLines = ({ stdout, stderr, own }: NeverBegan): readonly string[] => {
  const ownLines = new Set(own.flatMap((text) => text.split('\n')).map((line) => line.trim()));
  return (stderr.trim() === '' ? stdout : stderr)
    .split(/[\r\n]+/)
    .filter((line) => !ownLines.has(line.trim()))
    .slice(-MAX_LINES)
    .map((line) =>
      withoutOwn(shorten(line), own)
        .replace(/\p{C}+/gu, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
};

const shorten = (line: string): string =>
  line.length > 2 * MAX_LINE_END ? `${line.slice(0, MAX_LINE_END)}…${line.slice(-MAX_LINE_END)}` : line;

/** Any piece of our texts of this length is left out. */
const OWN_PIECE = 24;

/** Replaces each piece that is also in a text of ours by an ellipsis. */
const withoutOwn = (text: string, own: readonly string[]): string => {
  const isOwn = (start: number, end: number): boolean => own.some((one) => one.includes(text.slice(start, end)));
  let rest = '';
  let start = 0;
  while (start < text.length) {
    let end = start + OWN_PIECE;
    if (end > text.length || !isOwn(start, end)) {
      rest += text.charAt(start);
      start += 1;
      continue;
    }
    while (end < text.length && isOwn(end + 1 - OWN_PIECE, end + 1)) end += 1;
    rest += '…';
    start = end;
  }
  return rest.replace(/…+/g, '…');
};
