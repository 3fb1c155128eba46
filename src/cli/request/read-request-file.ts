import { readFile } from 'node:fs/promises';
import { toUsageFailure } from '../cli-failure.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';

/** Enough for thousands of nodes, and a limit for a wrong path. */
const MAXIMUM_BYTES = 4 * 1024 * 1024;

/**
 * The parsed JSON of a file, or of standard input for `-`.
 *
 * @throws CliFailure `Usage`: the file cannot be read, is not JSON, or standard input is too large.
 */
export const readRequestFile = async (path: string, stdin: AsyncIterable<Buffer | string>): Promise<unknown> => {
  const name = path === '-' ? 'standard input' : path;
  const text = path === '-' ? await readAll(stdin) : await readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw toUsageFailure(`${name} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}.`);
  }
};

const readText = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw toUsageFailure(`cannot read the request file ${path} (${readErrorCode(error) ?? 'unreadable'}).`);
  }
};

const readAll = async (stdin: AsyncIterable<Buffer | string>): Promise<string> => {
  let text = '';
  for await (const chunk of stdin) {
    text += chunk.toString();
    if (text.length > MAXIMUM_BYTES)
      throw toUsageFailure('standard input is larger than 4 MiB, the limit for a request.');
  }
  return text;
};
