import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { RemoteShell } from '../../../src/ssh/connection/remote-shell.ts';
import { describeWithDeadMounts, plantDeadMount } from '../../ssh/host/dead-mount.ts';
import { describeOnScratchHost, ScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';

const BASE = readFileSync(new URL('../../../src/ssh/host/scripts/lib/base.sh', import.meta.url), 'utf8');

jest.setTimeout(60_000);

/** What has to end, by what it is: the definition of a function `f`. Each starts processes `sleep 4711`, with a number of its own. */
const SLEEPERS: Readonly<Record<string, string>> = {
  'a function': 'sleep 4711',
  'a pipeline in a substitution': 'found=$(sleep 4711 | cat)',
  grandchildren: '(sh -c "sleep 4711; true") & sleep 4711 & wait',
  'a process whose parent has ended': '( (sleep 4711; true) & ); sleep 4711',
  'a shell whose parent has ended': '( (while :; do sleep 4711; done) & ); sleep 4711',
  'a process in a session of its own': 'setsid -f sh -c "sleep 4711; true"; sleep 4711',
  'a child that closed all that it inherited': 'sleep 4711 8>&- & sleep 4711',
  'what ignores SIGTERM': `trap '' TERM; sh -c 'trap "" TERM; sleep 4711; sleep 4711'; sleep 4711`,
  'what starts more when it is asked to end': `trap 'sleep 4711 & sleep 4711' TERM; while :; do sleep 0.1; done`,
  'a command with a deadline of its own': 'g() { bounded 30 sleep 4711; }; bounded 30 g',
  'a stopped process': 'sleep 4711 & kill -STOP $!; wait',
};

/** Processes `sleep <number>` that are not zombies: those have no arguments. */
const countSleepers = (host: ScratchHost, number = 4711): Promise<string> =>
  host.sh(`count=0
    for file in /proc/[0-9]*/cmdline; do
      if [ "$(tr '\\0' ' ' 2>/dev/null <$file)" = 'sleep ${number} ' ]; then count=$((count + 1)); fi
    done 2>/dev/null
    echo $count`);

const runOn = (host: ScratchHost, text: string): ReturnType<RemoteShell['run']> =>
  host.shell.run({ script: `${BASE}\n${text}`, deadlineSeconds: 60 });

describeOnScratchHost('the deadline of a function on a host ends', () => {
  let host: ScratchHost;
  const ends = new Map<string, Awaited<ReturnType<RemoteShell['run']>>>();
  const names = Object.keys(SLEEPERS);
  const numberOf = (name: string): number => 4712 + names.indexOf(name);

  beforeAll(async () => {
    host = await ScratchHost.start();
    await Promise.all(
      names.map(async (name) => {
        const body = (SLEEPERS[name] ?? '').replaceAll('4711', String(numberOf(name)));
        ends.set(name, await runOn(host, `f() { ${body}; }; { bounded 1 f; echo "code $?"; } | cat`));
      }),
    );
  });

  afterAll(async () => {
    await host.stop();
  });

  it.each(names)('%s', async (name) => {
    expect(ends.get(name)).toMatchObject({ kind: 'exited', stdout: 'code 124\n' });
    expect(await countSleepers(host, numberOf(name))).toBe('0');
  });
});

describeOnScratchHost('the deadline of a command on a host', () => {
  const host = useScratchHost();
  const run = (text: string): ReturnType<RemoteShell['run']> => runOn(host, text);

  it('leaves alone what other commands have started', async () => {
    await run('sleep 4711 </dev/null >/dev/null 2>&1 & bounded 1 sleep 4711');
    expect(await countSleepers(host)).toBe('1');
  });

  it.each([
    ['true', 0],
    ['exit 3', 3],
    ['f; }; f() { return 7', 7],
    ["kill -KILL $(exec sh -c 'echo $PPID')", 137],
    ['no-such-program', 127],
    ['bounded 5 sh -c "exit 9"', 9],
    ['bounded 1 sleep 3', 124],
  ])('keeps the exit code of %s', async (text, code) => {
    expect(await run(`g() { ${text}; }; bounded 5 g; echo "code $?"`)).toMatchObject({ stdout: `code ${code}\n` });
  });

  it('keeps both outputs, large ones too, and has an empty input', async () => {
    const end = await run(`
      f() { head -c 300000 /dev/zero | tr '\\0' a; head -c 300000 /dev/zero | tr '\\0' b >&2; cat; bounded 5 printf end; }
      bounded 20 f`);
    expect(end).toEqual({ kind: 'exited', code: 0, stdout: `${'a'.repeat(300_000)}end`, stderr: 'b'.repeat(300_000) });
  });

  it('passes on what was printed before a command timed out', async () => {
    expect(await run('f() { echo before; sleep 4711; }; bounded 1 f')).toMatchObject({ code: 124, stdout: 'before\n' });
  });

  it('ends a command whose output has no end, and fills no disk', async () => {
    const end = await run('bounded 30 yes | wc -c; bounded 30 yes >/dev/null; echo "code $?"; df -k /run | tail -n 1');
    expect(end).toMatchObject({ stdout: expect.stringMatching(/^67108864\ncode 153\n/) as unknown });
  });

  it('leaves no file, and works where none can be written', async () => {
    await run('bounded 5 echo one; bounded 1 sleep 4711');
    expect(await host.sh('ls /run')).not.toContain('node-decommission');
    await host.sh('mount -t tmpfs -o ro none /run');
    expect(await run('bounded 5 echo one; bounded 1 sleep 4711; echo "code $?"')).toMatchObject({
      stdout: 'one\ncode 124\n',
    });
    expect(await countSleepers(host)).toBe('0');
  });

  it('reads the state of a process whose name contains line ends and brackets', async () => {
    await host.sh(`printf '#!/bin/sh\\nsleep 4711\\n' >"/run/a) S 1
b) R 2
c"; chmod +x /run/a*; (/run/a* </dev/null >/dev/null 2>&1 &)`);
    expect(
      await run(`for pid in $(grep -ls '^a) S' /proc/[0-9]*/comm | cut -d / -f 3); do
        is_running "$pid" && echo "$process_state"
      done | sort -u`),
    ).toMatchObject({ stdout: 'S\n' });
  });
});

describeWithDeadMounts('a command that hangs in the kernel', () => {
  const host = useScratchHost();
  const run = (text: string): ReturnType<typeof host.shell.run> =>
    host.shell.run({ script: `${BASE}\nlook() { echo looking; [ -e "$1/file" ]; }\n${text}`, deadlineSeconds: 60 });
  const countStuck = (): Promise<string> => host.sh(`grep -ls '^State:.D' /proc/[0-9]*/status | grep -c . || true`);

  it('is ended if a signal ends it', async () => {
    await plantDeadMount(host, '/srv/dead', 'killable');
    expect(
      await run('bounded 1 look /srv/dead; echo "code $?"; bounded 1 stat /srv/dead; echo "code $?"'),
    ).toMatchObject({
      stdout: 'looking\ncode 124\ncode 124\n',
    });
    expect(await countStuck()).toBe('0');
  });

  it('is left behind once, keeps no pipe open, and is started again when its server answers or is given up', async () => {
    const mount = await plantDeadMount(host, '/srv/dead');
    expect(await run('output=$(bounded 1 look /srv/dead 2>&1); echo "$output, code $?"')).toMatchObject({
      stdout: 'looking, code 125\n',
    });
    expect(await countStuck()).toBe('1');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const started = Date.now();
      expect(await run('bounded 10 look /srv/dead; echo "code $?"')).toMatchObject({ stdout: 'code 125\n' });
      expect(Date.now() - started).toBeLessThan(3000);
    }
    expect(await countStuck()).toBe('1');
    expect(await run('bounded 1 echo other; bounded 1 look /srv; echo "code $?"')).toMatchObject({
      stdout: 'other\nlooking\ncode 1\n',
    });
    expect(await host.sh(`stat -c '%a %U' /run/node-decommission`)).toBe('700 root');
    await mount.abort();
    expect(await run('bounded 10 look /srv/dead; echo "code $?"')).toMatchObject({ stdout: 'looking\ncode 1\n' });
  });

  it('within another command leaves its other processes behind only if they hang too', async () => {
    await plantDeadMount(host, '/srv/dead');
    expect(
      await run(
        'f() { sleep 4711 & bounded 1 look /srv/dead; echo "inner $?"; stat /srv/dead; }; bounded 8 f; echo "code $?"',
      ),
    ).toMatchObject({ stdout: 'looking\ninner 125\ncode 125\n' });
    expect(await countSleepers(host)).toBe('0');
    expect(await countStuck()).toBe('2');
  });

  it('keeps no lock of its script', async () => {
    await plantDeadMount(host, '/srv/dead');
    expect(
      await run('exec 9>/run/lock; flock -w 5 9; bounded 1 look /srv/dead; exec 9>&-; flock -w 2 /run/lock echo free'),
    ).toMatchObject({ stdout: 'looking\nfree\n' });
  });

  it('trusts no folder of another user', async () => {
    await host.sh('mkdir /run/node-decommission; chown 1000 /run/node-decommission');
    await plantDeadMount(host, '/srv/dead');
    expect(await run('bounded 1 look /srv/dead; echo "code $?"')).toMatchObject({ stdout: 'looking\ncode 125\n' });
    expect(await host.sh('ls /run/node-decommission')).toBe('');
  });
});
