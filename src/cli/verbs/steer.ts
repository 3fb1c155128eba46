import type { Command } from 'commander';
import type { ApprovalScope } from '../../domain/steering/judge-approval.ts';
import type { PodAction } from '../../domain/steering/steering.ts';
import type { Act, AddVerb, CliContext } from '../cli-context.ts';
import { toUsageFailure } from '../cli-failure.ts';
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

const EXAMPLES: Readonly<Record<'approve' | 'retry' | 'skip' | 'force', readonly Example[]>> = {
  approve: [
    ['approve worker-7 --reason "change 1234"', 'continue the node, which waits for an approval'],
    ['approve worker-7 --machine-is-off worker-7 --reason "rack 3 has no power"', 'confirm it for a dead node'],
  ],
  retry: [['pod retry shop/web-1 worker-7 --reason "budget raised"', 'ask again now for its eviction']],
  skip: [['pod skip shop/web-1 worker-7 --reason "its owner removes it"', 'wait for a pod that its owner removes']],
  force: [
    ['pod force shop/web-1 worker-7 --reason "data is replicated"', 'delete a pod whose budget allows no eviction'],
  ],
};

interface ApproveOptions extends TargetOptions, AttributionOptions {
  readonly node?: string;
  readonly machineIsOff?: string;
}

/** `approve`, and `pod retry`, `pod skip` and `pod force`: the report records who and why. */
export const addSteeringVerbs: AddVerb = (program, context, act) => {
  addApprove(program, context, act);
  const pod = program.command('pod').description('act on one pod of a node that is being drained');
  addPodVerb(pod, 'retry', 'retryPod', 'send its eviction again now, also if it is skipped', context, act);
  addPodVerb(pod, 'skip', 'skipPod', 'do not evict it; the node waits until it is gone', context, act);
  addPodVerb(pod, 'force', 'forcePod', 'delete it with its own grace period, whatever its budgets allow', context, act);
  addExamples(pod, context.programName, [...EXAMPLES.retry, ...EXAMPLES.skip, ...EXAMPLES.force]);
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
      const argument = { ...toAttribution(options, context.environment), ...toPod(pod) };
      return steerDecommission({ task, cluster: options.cluster }, output, context, (handle) =>
        handle.steerPod(action, argument),
      );
    }),
  );
};

const toPod = (text: string): { readonly namespace: string; readonly name: string } => {
  const [namespace = '', name = '', ...others] = text.split('/');
  if (namespace !== '' && name !== '' && others.length === 0) return { namespace, name };
  throw toUsageFailure(`"${text}" is not a pod: write <namespace>/<name>, as \`status\` lists it.`);
};
