import type { RealNode } from '../hosts/real-node.ts';
import type { Stack } from '../stack.ts';
import { awaitUndone } from './await-undone.ts';
import { proveHostUntouched, readHostState } from './host-proofs.ts';
import {
  proveBudgetsReleased,
  proveCordonedMeanwhile,
  proveEnding,
  proveUndone,
  readNodeAndBudgets,
  showProofs,
} from './proofs.ts';
import { WEB_COUNT, WEB_NEVER_ALLOWS } from './real-workloads.ts';
import { headline, print, runCommand } from './terminal.ts';

/**
 * The fourth act: a decommission of a real node that cannot finish, since a budget never allows the evictions, and is undone.
 * @returns the number of claims that do not hold
 */
export const showRealRollback = async (
  stack: Stack,
  environment: NodeJS.ProcessEnv,
  node: RealNode,
): Promise<number> => {
  headline(`4. ${node.name} cannot finish: a budget never allows the evictions, and there is no other node`);
  await stack.apply([WEB_NEVER_ALLOWS]);
  const [nodeBefore, hostBefore] = [await readNodeAndBudgets(stack, node.name), await readHostState(node)];
  print('Preflight in its default mode would refuse. With --preflight warn the run proceeds, for 15 s:');
  const request = ['--preflight', 'warn', '--timeout-seconds', '15', '--reason', 'demo'];
  const mark = stack.markAudit();
  const exitCode = await runCommand(environment, ['start', node.name, ...request, '--wait']);
  const nodeAfter = await awaitUndone(stack, node.name, nodeBefore);
  await stack.awaitPodsReady('default', 'app=web', WEB_COUNT);
  headline('Proofs from the API server and the host');
  return showProofs([
    proveEnding('the run ended as undone', exitCode, 1),
    proveCordonedMeanwhile(stack.auditEvents(mark), node.name),
    proveUndone(node.name, nodeBefore, nodeAfter),
    proveHostUntouched(node, hostBefore, await readHostState(node)),
    await proveBudgetsReleased(stack),
  ]);
};
