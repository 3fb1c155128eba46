import type { NodeFacts } from '../../domain/cluster/facts.ts';
import { judgeNodeLock, type LockHolder } from '../../domain/node/lock.ts';
import { LOCK_ANNOTATION, UNLOCK_ANNOTATION } from '../../domain/cluster/annotations.ts';
import { describePassedPoint, readPassedPoint } from '../../domain/node/passed-point.ts';
import type { Attribution } from '../../domain/run/status.ts';
import { toNodeWorkflowId } from '../../domain/run/workflow-ids.ts';
import type { HolderState } from '../../ports/workflow-directory.ts';
import { createWorkflowDirectory } from '../../worker/workflow-directory.ts';
import type { AddVerb, CliContext } from '../cli-context.ts';
import { CliFailure } from '../cli-failure.ts';
import { addClusterOptions, loadClusterConfiguration, type ClusterOptions } from '../cluster-options.ts';
import { readDefaultRequester } from '../request/default-requester.ts';
import { withReachableClient } from '../with-client.ts';
import { addExamples, addOutputOption, type Example } from './verb-options.ts';

const EXAMPLES: readonly Example[] = [
  ['unlock worker-7 --reason "its Temporal is lost"', 'show who holds the lock, and remove it'],
];

interface UnlockOptions extends ClusterOptions {
  readonly cluster: string;
  readonly by?: string;
  readonly reason: string;
}

/**
 * `unlock`: prints the holder of a node's lock and removes the lock; the Node records who and why. Refused while the holder is running.
 * Changes nothing else on the node.
 */
export const addUnlockVerb: AddVerb = (program, context, act) => {
  const command = program
    .command('unlock')
    .description('remove the lock of a task that no longer runs; the holder is shown first')
    .argument('<node>', 'name of the node')
    .option('--cluster <name>', 'cluster of the node', 'default')
    .option('--by <name>', 'who removes it (default: your user name)')
    .requiredOption('--reason <text>', 'why; recorded on the node');
  addOutputOption(addClusterOptions(command));
  addExamples(command, context.programName, EXAMPLES).action(
    act(async (output, options: UnlockOptions, nodeName: string) => {
      // Loaded here, because the Kubernetes client and the worker take a second, which the other verbs do not need.
      const { openCluster } = await import('../open-cluster.ts');
      const cluster = openCluster(loadClusterConfiguration(context, options.cluster, options), options.cluster);
      const node = await cluster.readNode(nodeName);
      if (node === undefined)
        throw new CliFailure('NotFound', `there is no node ${nodeName} in cluster ${options.cluster}.`, 1);
      const lock = readLock(node);
      output.note(lock.sentence);
      const passedAt = readPassedPoint(node.annotations);
      if (passedAt !== undefined) output.note(`Warning: ${describePassedPoint(nodeName, passedAt)}`);
      const nodeWorkflowId = toNodeWorkflowId(options.cluster, nodeName);
      const holderState =
        lock.holder === undefined ? 'unknown' : await readHolderState(lock.holder, nodeWorkflowId, context);
      if (holderState === 'open') throw toRunningFailure(nodeName, lock.holder?.workflowId);
      if (holderState === 'nodeOpen') throw toRunningFailure(nodeName, nodeWorkflowId);
      if (holderState === 'unknown')
        output.note(
          'Unknown: whether the holder is still running, because its Temporal server could not be reached. The lock is removed on your request.',
        );
      const attribution = { by: options.by ?? readDefaultRequester(context.environment), reason: options.reason };
      await cluster.patchNode(node, {
        annotations: { [LOCK_ANNOTATION]: null, [UNLOCK_ANNOTATION]: toUnlockText(attribution, lock.holder) },
      });
      const result = { nodeName, unlocked: true, holder: lock.holder ?? null, holderState, ...attribution };
      output.result(result, () => `Unlocked node ${nodeName}.`);
      return 0;
    }),
  );
};

const readLock = (node: NodeFacts): { readonly sentence: string; readonly holder?: LockHolder } => {
  const judgement = judgeNodeLock(node.annotations[LOCK_ANNOTATION], undefined);
  if (judgement.kind === 'held') {
    const { taskId, workflowId, temporalNamespace, since } = judgement.holder;
    const sentence = `Node ${node.name} is held by task ${taskId} (workflow ${workflowId}, Temporal namespace ${temporalNamespace}) since ${since}.`;
    return { sentence, holder: judgement.holder };
  }
  if (judgement.kind === 'unreadable') {
    return { sentence: `Node ${node.name} has a lock that cannot be read: ${judgement.text}` };
  }
  throw new CliFailure('NotLocked', `node ${node.name} has no lock; there is nothing to remove.`, 1);
};

/** Without its server the state is unknown; a note reports this to the operator. */
const readHolderState = async (holder: LockHolder, nodeWorkflowId: string, context: CliContext): Promise<HolderState> =>
  await withReachableClient(context, async (client) =>
    client === undefined
      ? 'unknown'
      : await createWorkflowDirectory(client.client).readHolderState(holder, nodeWorkflowId),
  );

const toRunningFailure = (nodeName: string, workflowId = ''): CliFailure =>
  new CliFailure(
    'HolderRuns',
    `the holder of node ${nodeName} is still running: \`cancel ${workflowId}\` it, or wait until it is done. Nothing was changed.`,
    3,
  );

const toUnlockText = ({ by, reason }: Attribution, holder: LockHolder | undefined): string =>
  JSON.stringify({ by, reason, at: new Date().toISOString(), workflowId: holder?.workflowId ?? '' });
