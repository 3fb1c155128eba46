import type { AddVerb } from '../cli-context.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { formatPlanMarkdown } from '../format/format-plan-markdown.ts';
import { formatPlan } from '../format/format-plan.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import { writeSavedPlan } from '../request/saved-plan.ts';
import { addPlanOutputOption } from './verb-options.ts';

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
    .argument('[nodes...]', 'names of the nodes')
    .option('--out <file>', 'also save the plan; `start --plan` and `run --plan` refuse when it no longer holds')
    .option('--no-hosts', 'do not connect to hosts, e.g. where only the worker has their keys');
  addPlanOutputOption(addClusterOptions(addRequestFlags(command))).action(
    act(async (output, options: PlanOptions, nodeNames: readonly string[]) => {
      const { input, request } = await readGivenRequest(nodeNames, options, context);
      const configuration = loadClusterConfiguration(context, request.cluster, options);
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { readPlan } = await import('../../inspect/read-plan.ts');
      const { openCluster } = await import('../open-cluster.ts');
      openCluster(configuration, request.cluster);
      const plan = await readPlan({ configuration, request, connectsToHosts: options.hosts, now: Date.now() });
      if (options.out !== undefined) await writeSavedPlan(options.out, input, plan);
      output.result(plan, (paint) =>
        output.format === 'markdown' ? formatPlanMarkdown(plan) : formatPlan(plan, paint, output.format === 'wide'),
      );
      return plan.verdict === 'Refused' ? 3 : 0;
    }),
  );
};
