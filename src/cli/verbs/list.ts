import { Option } from 'commander';
import type { AddVerb } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';
import { formatList } from '../format/format-list.ts';
import { withClient } from '../with-client.ts';
import { addExamples, addOutputOption, type Example } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['list --state running', 'what runs now'],
  ['list --state running -o name | xargs -n 1 % pause --reason "incident 42"', 'pause all of them'],
];

interface ListVerbOptions {
  readonly state: 'running' | 'closed' | 'all';
  readonly limit: string;
}

/** `list`: the decommissions on the Temporal server, newest first. */
export const addListVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('list')
    .description('list decommissions, newest first')
    .addOption(
      new Option('--state <state>', 'state of the decommissions').choices(['running', 'closed', 'all']).default('all'),
    )
    .option('--limit <number>', 'maximum number', '50');
  addOutputOption(command, { wide: 'also workflow ids and times', name: 'the workflow ids, one per line' });
  addExamples(command, context.programName, EXAMPLES).action(
    act((output, { state, limit }: ListVerbOptions) => {
      if (!/^[1-9]\d{0,3}$/.test(limit)) throw toUsageFailure(`--limit takes a number from 1 to 9999, not "${limit}".`);
      return withClient(context, async (client) => {
        const decommissions = await client.list({ state, limit: Number(limit) });
        output.result({ version: 1, decommissions }, () =>
          output.format === 'name'
            ? decommissions.map(({ workflowId }) => workflowId).join('\n')
            : formatList(decommissions, new Date().toISOString(), output.format === 'wide'),
        );
        return 0;
      });
    }),
  );
};
