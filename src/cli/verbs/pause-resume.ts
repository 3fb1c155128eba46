import type { AddVerb } from '../cli-context.ts';
import { steerDecommission } from '../decommission/steer-decommission.ts';
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
        steerDecommission({ task, cluster: options.cluster }, output, context, (handle) =>
          handle[verb](toAttribution(options, context.environment)),
        ),
      ),
    );
  };
  add('pause', 'start no further eviction until it is resumed; pods that are already evicted continue to terminate');
  add('resume', 'continue after a pause, or retry the step at which it waits for an operator');
};
