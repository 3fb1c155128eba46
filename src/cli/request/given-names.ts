import { toUsageFailure } from '../cli-failure.ts';
import { readText } from './read-request-file.ts';

/** kubectl prints `node/worker-7` with `-o name`, and accepts it. */
const KIND = /^(nodes?|no)\//;

const toNodeName = (word: string): string => word.replace(KIND, '');

/**
 * The node names of a command line: its arguments, and for `-` the words of standard input, e.g. the output of
 * `kubectl get nodes -o name`. Names may have the prefix `node/`.
 *
 * @throws CliFailure `Usage`: standard input has no name, or is also the request file.
 */
export const readGivenNames = async (
  words: readonly string[],
  stdin: AsyncIterable<Buffer | string>,
  otherUses: readonly (string | undefined)[],
): Promise<readonly string[]> => {
  if (!words.includes('-')) return words.map(toNodeName);
  if (words.filter((word) => word === '-').length > 1 || otherUses.includes('-')) {
    throw toUsageFailure('standard input can be read once: it is either the node names or the file.');
  }
  const names = (await readText('-', stdin)).split(/\s+/).filter((word) => word !== '');
  if (names.length === 0) {
    throw toUsageFailure(
      'standard input names no node. Expected one name per line, as from `kubectl get nodes -l pool=old -o name`.',
    );
  }
  return words.flatMap((word) => (word === '-' ? names : [word])).map(toNodeName);
};
