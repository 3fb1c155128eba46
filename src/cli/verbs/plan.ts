import type { DecommissionPlan } from '../../domain/plan/decommission-plan.ts';
import type { AddVerb } from '../cli-context.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { formatPlanMarkdown } from '../format/format-plan-markdown.ts';
import { toFittingText } from '../format/fitting-text.ts';
import { formatPlan } from '../format/format-plan.ts';
import type { Paint } from '../format/paint.ts';
import type { Output } from '../output.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import { writeSavedPlan } from '../request/saved-plan.ts';
import { addExamples, addNodeArguments, addOutputOption, type Example } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['plan worker-7', 'what would happen on the current context, and what prevents it'],
  ['plan -l pool=old --context prod -o wide', 'all nodes of a pool, with every pod'],
  ['kubectl get nodes -l pool=old -o name | % plan -', 'the nodes that another command names'],
  ['plan worker-7 --out plan.json', 'save the plan, to run exactly that later with `run --plan plan.json`'],
];

interface PlanOptions extends RequestOptions, ClusterOptions {
  readonly hosts: boolean;
  readonly out?: string;
}

/**
 * `plan`: what a run would do, read from the cluster with read rights only, and from the hosts if the configuration has settings for them;
 * needs no Temporal and changes nothing.
 */
export const addPlanVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('plan')
    .description('show what a decommission would do and what prevents it; changes nothing, needs no Temporal')
    .option('--out <file>', 'also save the plan; `start --plan` and `run --plan` refuse when it no longer holds')
    .option('--no-hosts', 'do not connect to hosts, e.g. where only the worker has their keys');
  addRequestFlags(addNodeArguments(command));
  addOutputOption(addClusterOptions(command), {
    wide: 'every pod',
    markdown: 'for tickets',
    name: 'the nodes, one per line',
  });
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: PlanOptions, words: readonly string[]) => {
      const { input, request } = await readGivenRequest(words, options, context);
      const configuration = loadClusterConfiguration(context, request.cluster, options);
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { readPlan } = await import('../../inspect/read-plan.ts');
      const { openCluster } = await import('../open-cluster.ts');
      openCluster(configuration, request.cluster);
      const plan = await readPlan({ configuration, request, connectsToHosts: options.hosts, now: Date.now() });
      if (options.out !== undefined) await writeSavedPlan(options.out, input, plan);
      output.result(plan, (paint) => toText(plan, output, paint));
      return plan.verdict === 'Refused' ? 3 : 0;
    }),
  );
};

const toText = (plan: DecommissionPlan, { format, columns }: Output, paint: Paint): string => {
  if (format === 'markdown') return formatPlanMarkdown(plan);
  if (format === 'name') return plan.nodes.map(({ nodeName }) => `node/${nodeName}`).join('\n');
  return toFittingText(formatPlan(plan, paint, format === 'wide'), columns);
};
