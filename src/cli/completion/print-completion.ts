import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import type { CliContext } from '../cli-context.ts';
import { loadClusterConfiguration } from '../cluster-options.ts';
import { DEFAULT_CLUSTER } from '../../domain/run/workflow-ids.ts';
import { completeWords, type Candidate, type Completion } from './complete-words.ts';

/** As in cobra, whose protocol kubectl reads: no files, and the shell's own completion of files. */
const NO_FILES = ':4';
const FILES = ':0';

/** A shell waits for the answer. */
const PATIENCE_MILLISECONDS = 3000;

/**
 * Prints what may come at the place of the last word: one candidate per line, with a description after a tab, and in the last line whether
 * files may come, in the protocol of cobra and of `kubectl_complete-…` programs. Names that cannot be read in time are left out.
 */
export const printCompletion = async (
  program: Command,
  words: readonly string[],
  context: CliContext,
): Promise<void> => {
  const completion = completeWords(program, words);
  const current = words.at(-1) ?? '';
  const candidates = (await toCandidates(completion, words, context)).filter(({ value }) => value.startsWith(current));
  const lines = candidates.map(({ value, description }) =>
    description === undefined ? value : `${value}\t${description}`,
  );
  context.stdout.write(`${[...lines, completion.kind === 'files' ? FILES : NO_FILES].join('\n')}\n`);
};

const toCandidates = async (
  completion: Completion,
  words: readonly string[],
  context: CliContext,
): Promise<readonly Candidate[]> => {
  switch (completion.kind) {
    case 'words':
      return completion.candidates;
    case 'files':
      return [];
    case 'nodes':
      return await inTime(readNodes(words, context));
    case 'decommissions':
      return await inTime(readDecommissions(context));
    case 'contexts':
      return await inTime(readContexts(words, context));
  }
};

/** Whatever the reason, without names there is nothing to offer, and a message would garble the command line. */
const inTime = async (reading: Promise<readonly Candidate[]>): Promise<readonly Candidate[]> => {
  const nothing = new Promise<readonly Candidate[]>((resolve) => {
    setTimeout(resolve, PATIENCE_MILLISECONDS, []).unref();
  });
  return await Promise.race([reading.catch(() => []), nothing]);
};

const readFlag = (words: readonly string[], flag: string): string | undefined => {
  const joined = words.find((word) => word.startsWith(`${flag}=`));
  return joined?.slice(flag.length + 1) ?? (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined);
};

const toClusterFlags = (words: readonly string[]): { readonly kubeconfig?: string; readonly context?: string } => {
  const [kubeconfig, context] = [readFlag(words, '--kubeconfig'), readFlag(words, '--context')];
  return { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) };
};

const readNodes = async (words: readonly string[], context: CliContext): Promise<readonly Candidate[]> => {
  const name = readFlag(words, '--cluster') ?? DEFAULT_CLUSTER;
  const { openCluster } = await import('../open-cluster.ts');
  const cluster = openCluster(loadClusterConfiguration(context, name, toClusterFlags(words)), name);
  const given = new Set(words.slice(0, -1));
  return (await cluster.readNodes()).map((node) => ({ value: node.name })).filter(({ value }) => !given.has(value));
};

const readDecommissions = async (context: CliContext): Promise<readonly Candidate[]> => {
  const { withReachableClient } = await import('../with-client.ts');
  return await withReachableClient(context, async (client) => {
    const listed = (await client?.list({ state: 'running' })) ?? [];
    return listed.map(({ taskId, workflowId, nodeNames }) => ({
      value: taskId ?? workflowId,
      ...(nodeNames === '' ? {} : { description: nodeNames }),
    }));
  });
};

const readContexts = async (words: readonly string[], context: CliContext): Promise<readonly Candidate[]> => {
  const { kubeconfig } = toClusterFlags(words);
  const flags = kubeconfig === undefined ? {} : { kubeconfig };
  const settings = loadClusterConfiguration(context, DEFAULT_CLUSTER, flags).clusters[DEFAULT_CLUSTER];
  if (settings?.kind !== 'kubeconfig') return [];
  const files = await Promise.all(settings.path.split(delimiter).map(readContextNames));
  return [...new Set(files.flat())].map((value) => ({ value }));
};

/** Only the names: a kubeconfig is checked when it is used. */
const readContextNames = async (path: string): Promise<readonly string[]> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  const { contexts = [] } = (parse(text) ?? {}) as { readonly contexts?: readonly { readonly name?: unknown }[] };
  return contexts.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
};
