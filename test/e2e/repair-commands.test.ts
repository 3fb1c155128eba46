import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cordonNode } from '../../src/activities/node/cordon-node.ts';
import { toBudgetSpecHash } from '../../src/domain/budgets/release.ts';
import {
  BUDGET_SPEC_HASH_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SCALE_DOWN_DISABLED_ANNOTATION,
  toTaskAnnotation,
} from '../../src/domain/cluster/annotations.ts';
import { toBudgetCommands, toNodeCommands } from '../../src/domain/node/repair-commands.ts';
import { createKubeCluster, type KubeCluster } from '../../src/kube/kube-cluster.ts';
import { runCommand, type CommandResult } from '../../stack/processes/run-command.ts';
import type { Stack } from '../../stack/stack.ts';
import { activityDependencies } from '../builders/activity-dependencies.ts';
import { taskContext } from '../builders/task-context.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';

const TASK_ID = 'disks.of-7';
const NAMESPACE = 'shop';

/** The commands that a report gives to the operator, run in a shell without changes. */
describe('the commands for changes that could not be undone', () => {
  let stack: Stack;
  let cluster: KubeCluster;

  beforeAll(async () => {
    stack = await borrowStack({ realNodes: false });
    cluster = createKubeCluster(
      'default',
      { kind: 'kubeconfig', path: stack.adminKubeconfigPath },
      { requestTimeoutSeconds: 10, userAgent: 'node-decommission/e2e' },
    );
    await stack.createNamespace(NAMESPACE);
  });

  afterAll(async () => {
    await stack.stop();
  });

  const runInShell = async (command: string): Promise<CommandResult> => {
    const environment = {
      PATH: `${dirname(stack.programs.kubectl)}:${process.env['PATH'] ?? ''}`,
      KUBECONFIG: stack.adminKubeconfigPath,
      HOME: stack.directory,
    };
    const result = await runCommand('sh', ['-c', command], { environment });
    if (result.exitCode !== 0) throw new Error(`${command} failed: ${result.stderr}`);
    return result;
  };

  const cordon = async (nodeName: string) => {
    const clusterIdentity = await cluster.readIdentity();
    const context = taskContext({ taskId: TASK_ID, clusterIdentity, requestedBy: 'ann', reason: "the disk's errors" });
    const { uid } = (await cluster.readNode(nodeName))!;
    const dependencies = { ...activityDependencies(cluster as never), clusters: new Map([['default', cluster]]) };
    return await cordonNode(dependencies)(context, { nodeName, nodeUid: uid, machineID: '' });
  };

  const befores = [
    ['plain', {}],
    ['cordoned', { unschedulable: true }],
    ['kept', { annotations: { [SCALE_DOWN_DISABLED_ANNOTATION]: "it's mine" } }],
  ] as const;

  it.each(befores)('restore a node that was %s exactly', async (name, fixture) => {
    await stack.createNodes([{ name, ...fixture }]);
    const before = await readSnapshot(stack);
    const { earlier } = await cordon(name);
    for (const command of toNodeCommands(name, TASK_ID, earlier)) await runInShell(command);
    expect(await awaitSnapshot(stack, before)).toEqual(before);
  });

  it('without a given record, print it, and can be run unchanged for a plain node', async () => {
    await stack.createNodes([{ name: 'unrecorded' }]);
    const before = await readSnapshot(stack);
    await cordon('unrecorded');
    const [read = '', ...others] = toNodeCommands('unrecorded', TASK_ID, undefined);
    const shown = await runInShell(read);
    expect(JSON.parse(shown.stdout)).toMatchObject({ taskId: TASK_ID, unschedulable: false });
    for (const command of others) await runInShell(command);
    expect(await awaitSnapshot(stack, before)).toEqual(before);
  });

  it('remove nothing from a node that was not changed yet', async () => {
    await stack.createNodes([{ name: 'untouched' }]);
    const before = await readSnapshot(stack);
    const [read = '', ...others] = toNodeCommands('untouched', TASK_ID, undefined);
    expect((await runInShell(read)).stdout).toBe('');
    for (const command of others) await runInShell(command);
    expect(await awaitSnapshot(stack, before)).toEqual(before);
  });

  const createBudget = async (name: string, taskIds: readonly string[], labels: Record<string, string>) => {
    const spec = { selector: { matchLabels: { app: name }, matchExpressions: [] }, maxUnavailable: 1 };
    const whole = { ...spec, unhealthyPodEvictionPolicy: 'AlwaysAllow' as const };
    const marks = Object.fromEntries(taskIds.map((taskId) => [toTaskAnnotation(taskId), 'processing']));
    const annotations = { ...marks, [BUDGET_SPEC_HASH_ANNOTATION]: toBudgetSpecHash(whole) };
    await cluster.createBudget({ ...whole, namespace: NAMESPACE, name, labels, annotations });
  };

  it('list all budgets of a task, and no others, before they remove the annotation', async () => {
    const ours = { [MANAGED_BY_LABEL]: MANAGED_BY };
    await createBudget('known', [TASK_ID], ours);
    await createBudget('late', [TASK_ID], ours);
    await createBudget('of-another-task', ['8'], ours);
    await createBudget('of-a-user', [TASK_ID], {});
    const [list = '', known = '', each = '', strip = ''] = toBudgetCommands(TASK_ID, [
      { namespace: NAMESPACE, name: 'known' },
    ]);
    expect((await runInShell(list)).stdout).toBe('shop known\nshop late\n');
    await runInShell(known);
    expect((await runInShell(list)).stdout).toBe('shop late\n');
    await runInShell(each.replace('<namespace> <name>', 'shop late'));
    await runInShell(strip);
    const left = await cluster.readBudgets(NAMESPACE);
    expect(left.map(({ name }) => name).sort()).toEqual(['of-a-user', 'of-another-task']);
    expect(left.flatMap(({ annotations }) => Object.keys(annotations)).filter((key) => key.startsWith('Node'))).toEqual(
      ['NodeDrainTask8'],
    );
  });
});
