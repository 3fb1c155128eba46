import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/main.ts';
import type { ExitStatus } from '../../src/cli/cli-failure.ts';
import { createStreams } from './recorded-output.ts';
import { toInput } from './typed-input.ts';

interface Run {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
}

const run = async (words: readonly string[], options: { stdin?: string; programName?: string } = {}): Promise<Run> => {
  const { streams, readStdout, readStderr } = createStreams();
  const state = join(tmpdir(), 'node-decommission-cli-nothing-here');
  const status = await runCli(words, {
    environment: { NODE_DECOMMISSION_STATE: state, KUBECONFIG: join(state, 'no-kubeconfig'), USER: 'ann' },
    ...streams,
    stdin: toInput(options.stdin ?? ''),
    interruption: new AbortController().signal,
    programName: options.programName ?? 'node-decommission',
  });
  return { status, stdout: readStdout(), stderr: readStderr() };
};

describe('runCli', () => {
  it.each([
    { name: 'an unknown verb', words: ['drain'], message: "unknown command 'drain'" },
    { name: 'an unknown flag', words: ['plan', '--tiemout', '3'], message: "unknown option '--tiemout'" },
    {
      name: 'an unknown output format',
      words: ['list', '-o', 'xml'],
      message: 'Allowed choices are text, wide, name, json',
    },
    { name: 'a missing reason', words: ['unlock', 'node-1'], message: "required option '--reason <text>'" },
    { name: 'a request without nodes', words: ['run', '--host-cleanup', 'skip'], message: '`nodeNames` is missing' },
    {
      name: 'an unknown choice',
      words: ['plan', 'node-1', '--approval', 'always'],
      message: '`approval` must be one of',
    },
    { name: 'a missing file', words: ['start', '-f', '/no/such.json'], message: 'cannot read the request file' },
    {
      name: 'a cluster that is not configured',
      words: ['doctor', '--cluster', 'x'],
      message: 'has no cluster named "x"',
    },
    { name: 'a confirmation of nothing', words: ['janitor', '--yes'], message: 'valid only together with --undo' },
    {
      name: 'a schedule that would undo',
      words: ['janitor', '--schedule', '0 * * * *', '--undo'],
      message: 'a schedule undoes nothing',
    },
    {
      name: 'a flag of kubectl drain that has no equivalent',
      words: ['run', 'n', '--disable-eviction'],
      message: 'Eviction API',
    },
    { name: 'a value of a switch', words: ['run', 'n', '--force=maybe'], message: 'write --force or --no-force' },
    { name: 'no node to give back', words: ['uncordon'], message: 'name at least one node, or use --selector' },
    { name: 'a stream of text', words: ['run', 'n', '--stream'], message: 'only together with -o json or -o yaml' },
    { name: 'a limit that is not a number', words: ['list', '--limit', 'all'], message: '--limit takes a number' },
  ])('exits with 2 and a message for $name', async ({ words, message }) => {
    const { status, stdout, stderr } = await run(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('reads a request from standard input', async () => {
    const { status, stderr } = await run(['plan', '-f', '-'], { stdin: '{"nodeNames": ["node-1"], "tiemout": 3}' });
    expect(status).toBe(2);
    expect(stderr).toContain('tiemout');
  });

  it.each([
    { name: 'YAML', words: ['plan', '-f', '-'], stdin: 'nodes: [node-1]', message: 'unknown key `nodes`' },
    { name: 'node names', words: ['plan', '-'], stdin: 'node/a\nnode/a\n', message: 'lists "a" twice' },
    { name: 'nothing', words: ['plan', '-'], stdin: '', message: 'standard input names no node' },
    {
      name: 'names and a file',
      words: ['plan', '-', '-f', '-'],
      stdin: 'a',
      message: 'standard input can be read once',
    },
  ])('reads from standard input: $name', async ({ words, stdin, message }) => {
    const { status, stderr } = await run(words, { stdin });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each(
    [
      ['plan', 'run', 'start'].map((verb) => [verb, 'node-1', '-l', 'a=b']),
      [['start', '-l', 'a=b', '--plan', 'plan.json']],
      [['doctor', 'node-1', '-l', 'a=b']],
    ].flat(),
  )('M5: refuses labels beside names: %s', async (...words) => {
    const { status, stderr } = await run(words);
    expect(status).toBe(2);
    expect(stderr).toContain('--selector selects the nodes: it cannot be combined');
  });

  it('prints exactly one JSON object on stdout for a failure too', async () => {
    const { status, stdout, stderr } = await run(['plan', 'node-1', '--approval', 'always', '-o', 'json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'Usage' } });
    expect(stderr).toContain('error: ');
  });

  it('prints a failure as the last object of a stream', async () => {
    const { stdout } = await run(['run', 'node-1', '--approval', 'beforeEviction', '-o', 'json', '--stream']);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, type: 'error', error: { code: 'Usage' } });
  });

  const VERBS = [
    ...'plan run start status watch list pause resume approve cancel report worker doctor uncordon unlock janitor'.split(
      ' ',
    ),
    ...[
      'pod',
      'pod retry',
      'pod skip',
      'pod force',
      'replacements',
      'replacements skip',
      'completion',
      'schema',
      'schema request',
      'schema configuration',
    ],
  ];

  it('has examples for each verb of --help', async () => {
    const { stdout } = await run(['--help']);
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, verb = '']) => (verb === 'help' ? [] : [verb]));
    expect(VERBS.filter((verb) => !verb.includes(' ')).sort()).toEqual(listed.sort());
  });

  it.each(VERBS)('%s --help ends with examples that can be pasted', async (verb) => {
    const { stdout } = await run([...verb.split(' '), '--help']);
    const [, examples = ''] = stdout.split('\nExamples:\n');
    const lines = examples.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('  # '))).not.toEqual([]);
    for (const line of lines) expect(line).toMatch(/^ {2}(# .+|.*\bnode-decommission .+)$/);
  });

  it.each(VERBS)('%s --help has its flags in groups: at most ten have none', async (verb) => {
    const { stdout } = await run([...verb.split(' '), '--help']);
    const [, ungrouped = ''] = /^Options:\n((?: .*\n)+)/m.exec(stdout) ?? [];
    const flags = ungrouped.split('\n').filter((line) => /^ {2}-/.test(line));
    expect({ verb, isShort: flags.length <= 10, flags }).toEqual({ verb, isShort: true, flags });
    expect(flags.filter((line) => /^ {2}(-\w, )?--(kubeconfig|context|output|stream)\b/.test(line))).toEqual([]);
  });

  it.each([['--help'], ['plan', '--help'], ['--version']])('exits with 0 for %s', async (...words) => {
    const { status, stdout } = await run(words);
    expect(status).toBe(0);
    expect(stdout).not.toBe('');
  });

  it('uses the program name of the command line in its help', async () => {
    const { stdout } = await run(['status', '--help'], { programName: 'kubectl decommission' });
    expect(stdout).toContain('Usage: kubectl decommission status [options] [decommission]');
  });

  it.each(['', 'web-1', '/web-1', 'default/', 'a/b/c'])('refuses "%s" as a pod', async (name) => {
    const { status, stderr } = await run(['pod', 'force', name, 'task-1']);
    expect(status).toBe(2);
    expect(stderr).toContain('is not a pod: write <namespace>/<name>');
  });

  it('refuses a workload without its namespace', async () => {
    const { status, stderr } = await run(['replacements', 'skip', 'task-1', '--workload', 'web']);
    expect(status).toBe(2);
    expect(stderr).toContain('"web" is not a workload: write <namespace>/<name>');
  });

  describe('with a context that does not exist', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'node-decommission-context-'));
      const kubeconfig = {
        clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'a', user: {} }],
        contexts: ['blue', 'green'].map((name) => ({ name, context: { cluster: 'a', user: 'a' } })),
        'current-context': 'blue',
      };
      await writeFile(join(folder, 'kubeconfig'), JSON.stringify(kubeconfig));
    });
    afterAll(() => rm(folder, { recursive: true }));

    it.each([
      ['plan', 'node-1'],
      ['run', 'node-1', '--host-cleanup', 'skip'],
      ['doctor'],
      ['unlock', 'node-1', '--reason', 'gone'],
      ['worker'],
      ['start', '-l', 'pool=old'],
    ])('%s ends with 2, naming the contexts, before anything else', async (...words) => {
      const flags = ['--kubeconfig', join(folder, 'kubeconfig'), '--context', 'red'];
      const { status, stdout, stderr } = await run([...words, ...flags]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^error: .*no context "red"; available contexts: blue, green\.?.*\n$/);
    });

    it.each([
      ['plan', 'node-1'],
      ['run', 'node-1', '--host-cleanup', 'skip'],
      ['doctor'],
      ['unlock', 'node-1', '--reason', 'gone'],
      ['worker'],
    ])('%s ends with 2 for a kubeconfig that does not exist', async (...words) => {
      const { status, stderr } = await run([...words, '--kubeconfig', join(folder, 'none')]);
      expect(status).toBe(2);
      expect(stderr).toContain(`there is no kubeconfig at ${join(folder, 'none')}`);
    });

    it.each(['status', 'watch', 'list', 'pause', 'resume', 'report'])(
      '%s has no such flags: it reads no cluster',
      async (verb) => {
        const { status, stderr } = await run([verb, '--context', 'blue']);
        expect(status).toBe(2);
        expect(stderr).toContain("unknown option '--context'");
      },
    );
  });
});
