import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { toUsageFailure } from '../cli-failure.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';

/** Enough for thousands of nodes, and a limit for a wrong path. */
const MAXIMUM_BYTES = 4 * 1024 * 1024;

/**
 * The parsed JSON or YAML of a file, or of standard input for `-`.
 *
 * @throws CliFailure `Usage`: the file cannot be read, is neither JSON nor YAML, or is too large.
 */
export const readRequestFile = async (path: string, stdin: AsyncIterable<Buffer | string>): Promise<unknown> => {
  const text = await readText(path, stdin);
  try {
    return JSON.parse(text) as unknown;
  } catch (jsonError) {
    try {
      return parse(text) as unknown;
    } catch (yamlError) {
      // What starts like JSON was meant to be JSON.
      const [format, error] = /^\s*[{[]/.test(text) ? ['JSON', jsonError] : ['YAML', yamlError];
      throw toUsageFailure(`${toName(path)} is not ${format}: ${toCause(error)}.`);
    }
  }
};

/** Only its first line: the others quote the file. */
const toCause = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '').replace(/[.:]$/, '') : 'unreadable';

const toName = (path: string): string => (path === '-' ? 'standard input' : path);

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws CliFailure `Usage`: it cannot be read, or is larger than 4 MiB.
 */
export const readText = async (path: string, stdin: AsyncIterable<Buffer | string>): Promise<string> => {
  if (path === '-') return await readAll(stdin);
  try {
    return limited(await readFile(path, 'utf8'), path);
  } catch (error) {
    const code = readErrorCode(error);
    if (code === 'Usage') throw error;
    throw toUsageFailure(`cannot read the request file ${path} (${code ?? 'unreadable'}).`);
  }
};

const readAll = async (stdin: AsyncIterable<Buffer | string>): Promise<string> => {
  let text = '';
  for await (const chunk of stdin) text = limited(text + chunk.toString(), 'standard input');
  return text;
};

const limited = (text: string, name: string): string => {
  if (text.length > MAXIMUM_BYTES) throw toUsageFailure(`${name} is larger than 4 MiB, the limit for a request.`);
  return text;
};
