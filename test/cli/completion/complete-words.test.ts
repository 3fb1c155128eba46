import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.ts';
import { createStreams } from '../recorded-output.ts';
import { toInput } from '../typed-input.ts';

const complete = async (line: string, kubeconfig = '/no/such/file'): Promise<readonly string[]> => {
  const { streams, readStdout } = createStreams();
  const status = await runCli(['__complete', ...line.split(' ')], {
    environment: { KUBECONFIG: kubeconfig, NODE_DECOMMISSION_STATE: '/no/such/folder' },
    ...streams,
    stdin: toInput(),
    interruption: new AbortController().signal,
    programName: 'node-decommission',
  });
  expect(status).toBe(0);
  return readStdout().trimEnd().split('\n');
};

const toValues = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split('\t')[0] ?? '');

describe('__complete', () => {
  it.each<readonly [line: string, values: readonly string[]]>([
    ['pl', ['plan', ':4']],
    ['st', ['start', 'status', ':4']],
    ['plan --preflight ', ['enforce', 'warn', 'skip', ':4']],
    ['plan --preflight w', ['warn', ':4']],
    ['plan --host-cleanup=s', ['--host-cleanup=skip', ':4']],
    ['plan -o m', ['markdown', ':4']],
    ['run node-1 --ignore', ['--ignore-daemonsets', ':4']],
    ['run --grace', ['--grace-period-seconds', '--grace-period', ':4']],
    ['run --timeout ', [':4']],
    ['run -f ', [':0']],
    ['run --kubeconfig ~/', [':0']],
    ['schema ', ['request', 'configuration', ':4']],
    ['completion z', ['zsh', ':4']],
    ['list ', [':4']],
    ['plan --disable', [':4']],
    ['nothing-of-ours --', ['--version', '--help', ':4']],
  ])('%j', async (line, values) => {
    expect(toValues(await complete(line))).toEqual(values);
  });

  it('offers every verb with its description', async () => {
    const lines = await complete('');
    expect(toValues(lines)).toEqual(expect.arrayContaining(['plan', 'run', 'uncordon', 'janitor']));
    expect(lines).toContain(
      'plan\tshow what a decommission would do and what prevents it; changes nothing, needs no Temporal',
    );
  });

  it('offers no names where the cluster or Temporal cannot be read', async () => {
    expect(await complete('plan ')).toEqual([':4']);
  });

  it('offers the contexts of all kubeconfigs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node-decommission-contexts-'));
    try {
      const paths = ['one', 'two'].map((name) => join(folder, name));
      for (const path of paths) {
        await writeFile(path, `contexts:\n- name: shared\n- name: arn:aws:eks:eu-1:1:cluster/${path.slice(-3)}\n`);
      }
      const lines = await complete('plan --context a', paths.join(':'));
      expect(lines).toEqual(['arn:aws:eks:eu-1:1:cluster/one', 'arn:aws:eks:eu-1:1:cluster/two', ':4']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
