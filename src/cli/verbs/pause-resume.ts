import type { RunStatus } from '../../domain/run/status.ts';
import type { AddVerb } from '../cli-context.ts';
import { findDecommission } from '../decommission/find-decommission.ts';
import { withClient } from '../with-client.ts';
import {
  addAttributionOptions,
  addExamples,
  addOutputOption,
  addTargetOptions,
  toAttribution,
  type AttributionOptions,
  type Example,
  type TargetOptions,
} from './verb-options.ts';

const EXAMPLES: Readonly<Record<'pause' | 'resume', readonly Example[]>> = {
  pause: [['pause worker-7 --reason "incident 42"', 'evict no further pod of the task of this node']],
  resume: [['resume worker-7 --reason "disk replaced"', 'retry the step at which it waits for an operator']],
};

/** `pause` and `resume`: the history records who and why. */
export const addPauseAndResumeVerbs: AddVerb = (program, context, act) => {
  const add = (verb: 'pause' | 'resume', description: string): void => {
    const command = addAttributionOptions(addTargetOptions(program.command(verb).description(description)));
    addOutputOption(command);
    addExamples(command, context.programName, EXAMPLES[verb]).action(
      act((output, options: TargetOptions & AttributionOptions, task: string | undefined) =>
        withClient(context, async (client) => {
          const handle = await findDecommission(client, { task, cluster: options.cluster }, output.note);
          const status = await handle[verb](toAttribution(options, context.environment));
          output.result(status, () => toSentence(handle.workflowId, status));
          return 0;
        }),
      ),
    );
  };
  add('pause', 'start no further eviction until it is resumed; pods that are already evicted continue to terminate');
  add('resume', 'continue after a pause, or retry the step at which it waits for an operator');
};

const toSentence = (workflowId: string, { phase, message }: RunStatus): string =>
  `${workflowId}: ${phase}${message === '' ? '' : `, ${message}`}`;
