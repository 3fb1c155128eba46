import type { Command } from 'commander';
import type { ApprovalScope } from '../../domain/steering/judge-approval.ts';
import type { PodAction } from '../../domain/steering/steering.ts';
import type { Act, AddVerb, CliContext } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';
import { findNamedNode } from '../decommission/find-named-node.ts';
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

const EXAMPLES: Readonly<Record<'approve' | 'retry' | 'skip' | 'force' | 'replacements', readonly Example[]>> = {
  approve: [
    ['approve worker-7 --reason "change 1234"', 'continue the node, which waits for an approval'],
    ['approve worker-7 --machine-is-off worker-7 --reason "rack 3 has no power"', 'confirm it for a dead node'],
  ],
  retry: [['pod retry shop/web-1 worker-7 --reason "budget raised"', 'ask again now for its eviction']],
  skip: [['pod skip shop/web-1 worker-7 --reason "its owner removes it"', 'wait for a pod that its owner removes']],
  force: [
    ['pod force shop/web-1 worker-7 --reason "data is replicated"', 'delete a pod whose budget allows no eviction'],
  ],
  replacements: [
    [
      'replacements skip worker-7 --workload shop/web --reason "its image is gone"',
      'proceed without those of one workload',
    ],
    ['replacements skip worker-7 --reason "change 1234"', 'proceed without all that the node waits for'],
  ],
};

interface ApproveOptions extends TargetOptions, AttributionOptions {
  readonly node?: string;
  readonly machineIsOff?: string;
}

interface ReplacementsOptions extends TargetOptions, AttributionOptions {
  readonly node?: string;
  readonly workload?: string;
}

/** `approve`, `pod retry`, `pod skip` and `pod force`, and `replacements skip`: the report records who and why. */
export const addSteeringVerbs: AddVerb = (program, context, act) => {
  addApprove(program, context, act);
  const pod = program.command('pod').description('act on one pod of a node that is being drained');
  addPodVerb(
    pod,
    'retry',
    'retryPod',
    'send its eviction again now, also before the work of its Job has ended',
    context,
    act,
  );
  addPodVerb(pod, 'skip', 'skipPod', 'do not evict it; the node waits until it is gone', context, act);
  addPodVerb(pod, 'force', 'forcePod', 'delete it with its own grace period, whatever its budgets allow', context, act);
  addExamples(pod, context.programName, [...EXAMPLES.retry, ...EXAMPLES.skip, ...EXAMPLES.force]);
  addReplacements(program, context, act);
};

const addApprove = (program: Command, context: CliContext, act: Act): void => {
  const approve = program.command('approve').description('continue nodes that wait for an approval');
  const command = addAttributionOptions(addTargetOptions(approve))
    .option('--node <name>', 'only this node')
    .option('--machine-is-off <node>', 'confirm that the machine of this dead node is powered off and stays off');
  addOutputOption(command);
  addExamples(command, context.programName, EXAMPLES.approve).action(
    act((output, options: ApproveOptions, task: string | undefined) => {
      const argument = { ...toAttribution(options, context.environment), ...toScope(options) };
      return steerDecommission({ task, cluster: options.cluster }, output, context, (handle) =>
        handle.approve(argument),
      );
    }),
  );
};

/** @throws CliFailure `Usage`: two nodes are named. */
const toScope = ({ node, machineIsOff }: ApproveOptions): ApprovalScope => {
  if (machineIsOff === undefined) return node === undefined ? {} : { nodeName: node };
  if (node === undefined || node === machineIsOff) return { nodeName: machineIsOff, machineIsOff: true };
  throw toUsageFailure(`--node is ${node}, but --machine-is-off is ${machineIsOff}: name one node.`);
};

const addPodVerb = (
  parent: Command,
  verb: 'retry' | 'skip' | 'force',
  action: PodAction,
  description: string,
  context: CliContext,
  act: Act,
): void => {
  const named = parent.command(verb).description(description).argument('<pod>', 'namespace/name');
  addOutputOption(addAttributionOptions(addTargetOptions(named)));
  addExamples(named, context.programName, EXAMPLES[verb]).action(
    act((output, options: TargetOptions & AttributionOptions, pod: string, task: string | undefined) => {
      const argument = { ...toAttribution(options, context.environment), ...toNamed('pod', pod) };
      return steerDecommission({ task, cluster: options.cluster }, output, context, (handle) =>
        handle.steerPod(action, argument),
      );
    }),
  );
};

const addReplacements = (program: Command, context: CliContext, act: Act): void => {
  const replacements = program
    .command('replacements')
    .description('act on the wait for replacements of pods that have left a node');
  addExamples(replacements, context.programName, EXAMPLES.replacements);
  const skip = replacements.command('skip').description('proceed without replacements that are not Ready');
  const command = addAttributionOptions(addTargetOptions(skip))
    .option('--node <name>', 'the node that waits, if several are being decommissioned and none is named')
    .option('--workload <name>', 'namespace/name: only this one (default: all that the node waits for)');
  addOutputOption(command);
  addExamples(command, context.programName, EXAMPLES.replacements).action(
    act((output, options: ReplacementsOptions, task: string | undefined) => {
      const { node, workload, cluster } = options;
      const argument = {
        ...toAttribution(options, context.environment),
        ...(workload === undefined ? {} : toNamed('workload', workload)),
      };
      return steerDecommission({ task, cluster }, output, context, async (handle) => {
        const nodeName = node ?? (await findNamedNode(handle, task));
        return await handle.skipReplacements(nodeName === undefined ? argument : { ...argument, nodeName });
      });
    }),
  );
};

/** @throws CliFailure `Usage` */
const toNamed = (kind: string, text: string): { readonly namespace: string; readonly name: string } => {
  const [namespace = '', name = '', ...others] = text.split('/');
  if (namespace !== '' && name !== '' && others.length === 0) return { namespace, name };
  throw toUsageFailure(`"${text}" is not a ${kind}: write <namespace>/<name>, as \`status\` lists it.`);
};
