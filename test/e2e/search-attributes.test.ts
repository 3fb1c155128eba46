import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ListedDecommission } from '../../src/client/list-decommissions.ts';
import { SEARCH_ATTRIBUTES } from '../../src/domain/run/search-attributes.ts';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { runKubectl as runProgram } from '../../stack/control-plane/kubectl.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { startHarness, type Harness } from './harness/harness.ts';

/** A namespace without them first, then with them: registered by the command that `doctor` prints. */
describe('search attributes', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness({ searchAttributes: false });
    await harness.stack.createNodes([{ name: 'without' }, { name: 'with' }]);
    await harness.startWorker();
  });

  afterAll(async () => {
    await harness.stop();
  });

  const drain = async (nodeName: string): Promise<void> => {
    const words = ['start', nodeName, '--task-id', nodeName, '--host-cleanup', 'skip', '--preflight', 'skip', '--wait'];
    expect(await harness.runCli(words)).toMatchObject({ exitCode: 0 });
  };

  const find = async (query: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { workflowId } of harness.client.workflow.list({ query })) found.push(workflowId);
    return found.sort();
  };

  const readDoctorLines = async (): Promise<readonly string[]> => {
    const { stdout } = await harness.runCli(['doctor', '--no-hosts']);
    return stdout.split('\n').map((line) => line.trim());
  };

  it('are not needed, and doctor prints the command that registers them', async () => {
    await drain('without');
    const { stack } = harness;
    const { address, namespace } = stack.temporal;
    const lines = await readDoctorLines();
    expect(lines).toContainEqual(expect.stringContaining(`not registered: ${SEARCH_ATTRIBUTES.join(', ')}`));
    const hint = 'To register them, run: temporal ';
    const command = lines.find((line) => line.startsWith(hint))?.slice(hint.length) ?? '';
    expect(command).toContain(`--namespace ${namespace} `);
    const words = [...command.split(' '), '--address', address];
    expect(await runProgram(stack.programs.temporal, stack.directory, '', words)).toMatchObject({ exitCode: 0 });
    expect(await readDoctorLines()).toContain('ok   search attributes: all registered');
  });

  it('find task and node of a later run by what they did, and `list` shows them without a worker', async () => {
    await drain('with');
    const query = "DecommissionNode = 'with' AND DecommissionOutcome = 'Decommissioned'";
    const ids = [toNodeWorkflowId('default', 'with'), toTaskWorkflowId('default', 'with')].sort();
    await awaitCondition('both are found', async () => JSON.stringify(await find(query)) === JSON.stringify(ids));
    const { stdout } = await harness.runCli(['list', '-o', 'json']);
    const { decommissions } = JSON.parse(stdout) as { readonly decommissions: readonly ListedDecommission[] };
    expect(decommissions.map(({ taskId, outcome, nodeNames }) => [taskId, outcome, nodeNames])).toEqual([
      ['with', 'Decommissioned', 'with'],
      ['without', 'Decommissioned', 'without'],
    ]);
  });
});
