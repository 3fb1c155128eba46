import { loadConfiguration } from '../../config/load-configuration.ts';
import type { AddVerb } from '../cli-context.ts';
import { formatPlan } from '../format/format-plan.ts';
import { addRequestFlags } from '../request/request-flags.ts';
import { readGivenRequest, type RequestOptions } from '../request/request-from-options.ts';
import { addOutputOption } from './verb-options.ts';

/** `plan`: what would happen, read from the cluster with read rights only; no Temporal, no change. */
export const addPlanVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('plan')
    .description('show what a decommission would do and what forbids it; changes nothing, needs no Temporal')
    .argument('[nodes...]', 'names of the nodes');
  addOutputOption(addRequestFlags(command)).action(
    act(async (output, options: RequestOptions, nodeNames: readonly string[]) => {
      const { request } = await readGivenRequest(nodeNames, options, context);
      const configuration = loadConfiguration({ environment: context.environment });
      // Loaded when needed only: the Kubernetes client and the worker take a second that the other verbs need not wait for.
      const { readPlan } = await import('../../inspect/read-plan.ts');
      const plan = await readPlan({ configuration, request, now: Date.now() });
      output.result(plan, (paint) => formatPlan(plan, paint));
      return plan.verdict === 'Refused' ? 3 : 0;
    }),
  );
};
