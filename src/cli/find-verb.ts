import type { Command } from 'commander';

/** The verb that the words of a command line name, of `pod retry` the second one, and the words after it. Without one, the program itself. */
export const findVerb = (
  program: Command,
  words: readonly string[],
): { readonly command: Command; readonly after: readonly string[] } => {
  let command = program;
  let start = 0;
  for (const [index, word] of words.entries()) {
    const verb = command.commands.find((each) => each.name() === word);
    if (verb === undefined) continue;
    command = verb;
    start = index + 1;
  }
  return { command, after: words.slice(start) };
};
