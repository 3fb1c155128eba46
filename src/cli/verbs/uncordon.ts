import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { planGiveBack, type GiveBackPlan } from '../../domain/node/drained-mark.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import { CliFailure, toUsageFailure } from '../cli-failure.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { readGivenNames } from '../request/given-names.ts';
import { readSelected } from '../request/select-nodes.ts';
import { addExamples, addNodeArguments, addOutputOption, type Example } from './verb-options.ts';

interface UncordonOptions extends ClusterOptions {
  readonly cluster: string;
  readonly selector?: string;
}

const EXAMPLES: readonly Example[] = [
  ['uncordon worker-7', 'give a node back that was only drained (--no-delete-node)'],
  ['uncordon -l pool=old', 'all nodes of a pool; cordons of others are left as they are'],
];

/**
 * `uncordon`: gives nodes back that a decommission has drained and left cordoned (`deleteNode: false`). Removes only our own cordon, and names
 * the task whose it was. Exit status 0 when every node is schedulable afterwards, else 1.
 */
export const addUncordonVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('uncordon')
    .description('give back nodes that were drained and left cordoned; removes no cordon of another client')
    .option('--cluster <name>', 'cluster of the nodes', 'default');
  addOutputOption(addClusterOptions(addNodeArguments(command)));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: UncordonOptions, words: readonly string[]) => {
      const named = await readNamed(words, options, context);
      // Loaded here, because the Kubernetes client takes a second, which the other verbs do not need.
      const { openCluster } = await import('../open-cluster.ts');
      const cluster = openCluster(loadClusterConfiguration(context, options.cluster, options), options.cluster);
      const { selector } = options;
      const found = await readAll(cluster, selector === undefined ? named : await readSelected(cluster, selector));
      const nodes: GivenBack[] = [];
      for (const node of found) nodes.push({ nodeName: node.name, ...(await giveBack(cluster, node)) });
      output.result({ version: 1, nodes: nodes.map(({ change: _change, ...node }) => node) }, () =>
        nodes.map(({ nodeName, sentence }) => `node/${nodeName} ${sentence}.`).join('\n'),
      );
      return nodes.every(({ isBack }) => isBack) ? 0 : 1;
    }),
  );
};

type GivenBack = GiveBackPlan & { readonly nodeName: string };

const readNamed = async (
  words: readonly string[],
  { selector }: UncordonOptions,
  { stdin }: CliContext,
): Promise<readonly string[]> => {
  const names = await readGivenNames(words, stdin, []);
  if (selector !== undefined && names.length > 0) {
    throw toUsageFailure('--selector selects the nodes: it cannot be combined with node names.');
  }
  if (selector === undefined && names.length === 0) throw toUsageFailure('name at least one node, or use --selector.');
  return names;
};

/** Before the first write: a mistyped name changes nothing. */
const readAll = async (cluster: Cluster, nodeNames: readonly string[]): Promise<readonly NodeFacts[]> => {
  const nodes: NodeFacts[] = [];
  for (const nodeName of nodeNames) {
    const node = await cluster.readNode(nodeName);
    if (node === undefined) {
      throw new CliFailure(
        'NotFound',
        `there is no node ${nodeName} in cluster ${cluster.name}. Nothing was changed.`,
        1,
      );
    }
    nodes.push(node);
  }
  return nodes;
};

/** The write has the resourceVersion as precondition: a task that starts meanwhile wins, with a `Conflict`. */
const giveBack = async (cluster: Cluster, node: NodeFacts): Promise<GiveBackPlan> => {
  const plan = planGiveBack(node);
  if (plan.change !== 'nothing') await cluster.patchNode(node, plan.change);
  return plan;
};
