import { Argument } from 'commander';
import type { AddVerb } from '../cli-context.ts';
import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../completion/completion-scripts.ts';
import { addExamples, type Example } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['source <(% completion bash)', 'bash: in this shell; in ~/.bashrc for all'],
  ['completion zsh > "${fpath[1]}/_node-decommission"', 'zsh: once'],
  ['completion fish > ~/.config/fish/completions/node-decommission.fish', 'fish: once'],
];

/** `completion`: the script for a shell. kubectl needs none: it runs `kubectl_complete-decommission`, which the package installs. */
export const addCompletionVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('completion')
    .description('print a completion script; `kubectl decommission` is completed by kubectl itself')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS));
  addExamples(command, context.programName, EXAMPLES).action(
    act((output, _options: object, shell: Shell) => {
      output.result({ version: 1, shell, script: COMPLETION_SCRIPTS[shell] }, () =>
        COMPLETION_SCRIPTS[shell].trimEnd(),
      );
      return Promise.resolve(0 as const);
    }),
  );
};
