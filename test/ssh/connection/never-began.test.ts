import { describe, expect, it } from '@jest/globals';
import { composeCommand } from '../../../src/ssh/connection/compose-command.ts';
import { explainNeverBegan } from '../../../src/ssh/connection/never-began.ts';
import type { Cause, NeverBegan } from '../../../src/ssh/connection/never-began.ts';

const SCRIPT = `token=s3cret-of-the-script\nif true; then echo "it's ours"; fi\n${'# filler\n'.repeat(5000)}`;
const COMMAND = composeCommand({ script: SCRIPT, deadlineSeconds: 1 }, true);

const explain = (end: Partial<NeverBegan>): Cause =>
  explainNeverBegan({
    code: 1,
    stdout: '',
    stderr: '',
    user: 'admin',
    sudo: true,
    own: [COMMAND, SCRIPT],
    ...end,
  });

type Row = readonly [name: string, end: Partial<NeverBegan>, reason: string, problem: RegExp];

const ROWS: readonly Row[] = [
  [
    'sudo requires a password',
    { stderr: 'sudo: a password is required\n' },
    'NoRights',
    /^sudo requires a password of user "admin": "sudo: a password is required"; .*NOPASSWD/,
  ],
  [
    'sudo requires a password, and reports so with a terminal in mind',
    {
      stderr:
        'sudo: a terminal is required to read the password; either use the -S option\nsudo: a password is required\n',
    },
    'NoRights',
    /^sudo requires a password/,
  ],
  [
    'sudo requires a terminal',
    { stderr: 'sudo: sorry, you must have a tty to run sudo\n' },
    'NoRights',
    /^sudo requires a terminal .*"sudo: sorry, you must have a tty to run sudo"; .*!requiretty/,
  ],
  [
    'the user is not in sudoers',
    { stderr: 'admin is not in the sudoers file.  This incident will be reported.\n' },
    'NoRights',
    /^sudo does not allow user "admin" .*"admin is not in the sudoers file\. +This incident/,
  ],
  [
    'the user may not run this command',
    {
      stderr: `Sorry, user admin is not allowed to execute '${COMMAND.slice(COMMAND.indexOf('-- ') + 3)}' as root on n1.\n`,
    },
    'NoRights',
    /^sudo does not allow .*"Sorry, user admin is not allowed to execute '…' as root on n1\."/,
  ],
  [
    'the user may not run sudo',
    { stderr: 'Sorry, user admin may not run sudo on n1.\n' },
    'NoRights',
    /may not run sudo on n1/,
  ],
  [
    'sudo-rs refuses',
    { stderr: "sudo-rs: I'm sorry admin. I'm afraid I can't do that\n" },
    'NoRights',
    /^sudo does not allow .*afraid I can't do that/,
  ],
  [
    'the account has expired',
    { stderr: 'sudo: account validation failure, is your account locked?\n' },
    'NoRights',
    /^sudo rejects the account of user "admin": .*chage/,
  ],
  [
    'sudo is broken',
    { stderr: 'sudo: /etc/sudoers is world writable\nsudo: error initializing audit plugin sudoers_audit\n' },
    'NoRights',
    /^sudo failed for user "admin": "sudo: \/etc\/sudoers is world writable sudo: error/,
  ],
  [
    'sudo is not available',
    { code: 127, stderr: "/usr/bin/env: 'sudo': No such file or directory\n" },
    'NoRights',
    /^sudo is not available: "\/usr\/bin\/env: 'sudo': No such file or directory"; install it/,
  ],
  [
    'sudo speaks after a start-up file',
    { stdout: 'Welcome!\n', stderr: 'bash: warning: setlocale\nsudo: a password is required\n' },
    'NoRights',
    /^sudo requires a password of user "admin": "sudo: a password is required"/,
  ],
  [
    'the login shell is nologin',
    { stdout: 'This account is currently not available.\n' },
    'Unsupported',
    /^the login shell of user "admin" does not allow logins: "This account is currently not available\."; .*usermod/,
  ],
  [
    'a start-up file starts a shell that is missing',
    { code: 127, stderr: '/home/admin/.profile: line 3: exec: bash: not found\n' },
    'Unsupported',
    /^the login shell of user "admin" did not run the command .* 127: ".*exec: bash: not found"; correct its start-up files/,
  ],
  [
    'a start-up file exits in silence',
    { code: 0 },
    'Unsupported',
    /^the login shell of user "admin" ended with exit code 0 and printed nothing/,
  ],
  [
    'another command is forced',
    { code: 0, stdout: 'Backup done.\n' },
    'Unsupported',
    /"Backup done\."; .*no forced command/,
  ],
  [
    'the shell is no shell',
    { code: 2, stderr: 'menu> unknown option -c\n', sudo: false },
    'Unsupported',
    /"menu> unknown option -c"/,
  ],
  [
    'the shell repeats the command',
    { stderr: `fish: Unknown command\n${COMMAND}\n${SCRIPT.split('\n').slice(0, 15).join('\n')}\n^\n` },
    'Unsupported',
    /exit code 1: "fish: Unknown command (… )?\^"/,
  ],
];

describe('a script that did not begin', () => {
  it.each(ROWS)('is explained: %s', (_name, end, reason, problem) => {
    const cause = explain(end);
    expect(cause).toEqual({ reason, problem: expect.stringMatching(problem) as unknown });
    expect(cause.problem).not.toContain('s3cret');
  });

  it('is explained in few words without control characters', () => {
    const { problem } = explain({ stderr: `\u001b[31m\u0007${'x'.repeat(5000)}\u202e\u009b end\n`, sudo: false });
    expect(problem).not.toMatch(/\p{C}/u);
    expect(problem.length).toBeLessThan(700);
    expect(problem).toContain(' end"');
  });
});
