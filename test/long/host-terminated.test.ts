import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { HostStage } from '../../src/domain/host/stage.ts';
import type { Leftover } from '../../src/domain/janitor/leftover.ts';
import type { NodeReport } from '../../src/domain/run/report.ts';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { runSuccessfully } from '../../stack/processes/run-command.ts';
import type { RealNode } from '../../stack/hosts/real-node.ts';
import { awaitAllClosed } from '../e2e/disaster/play-resets.ts';
import { endOf } from '../e2e/disaster/run-end.ts';
import { awaitClosing } from '../e2e/harness/closing.ts';
import { startHarness, toKnownHostsPath, type Harness, type Run } from '../e2e/harness/harness.ts';
import { describeOnRealNodes } from '../e2e/harness/on-real-nodes.ts';
import { awaitStopping, readStarts, release, SLOW_STOP_FILES } from '../e2e/harness/slow-stop.ts';

const NODES: Readonly<Record<HostStage, string>> = { stopKubelet: 'stopped', cleanHost: 'cleaned' };

/** Both workflows of a run are terminated while a stage runs on its host. The stage itself continues, and ends. */
describeOnRealNodes('a run that is terminated while its host is being', () => {
  let harness: Harness;
  const hosts = new Map<string, RealNode>();

  beforeAll(async () => {
    harness = await startHarness({ realNodes: true });
    const names = Object.values(NODES);
    const created = await harness.stack.createRealNodes(names.map((name) => ({ name, files: SLOW_STOP_FILES })));
    for (const host of created) hosts.set(host.name, host);
    await harness.stack.createNodes([{ name: 'spare' }]);
    writeFileSync(toKnownHostsPath(harness.stack), created.map(({ knownHosts }) => knownHosts).join(''));
    await harness.startWorker();
    await Promise.all([terminateDuring('stopKubelet'), terminateDuring('cleanHost')]);
  });

  afterAll(async () => {
    await harness.stop();
  });

  const start = (nodeName: string): Promise<Run> =>
    harness.start({ nodeNames: [nodeName], taskId: nodeName }, { workflowId: toTaskWorkflowId('default', nodeName) });

  const terminateDuring = async (stage: HostStage): Promise<void> => {
    const nodeName = NODES[stage];
    const host = hosts.get(nodeName)!;
    const run = await start(nodeName);
    await awaitStopping(host, 'stopKubelet');
    if (stage === 'cleanHost') await release(host, 'stopKubelet');
    await awaitStopping(host, stage);
    await run.terminate('by mistake');
    await harness.client.workflow.getHandle(toNodeWorkflowId('default', nodeName)).terminate('by mistake');
    await awaitAllClosed(harness, nodeName);
    await release(host, stage);
    await awaitCondition(`${stage} has ended on the host`, async () => {
      const { stdout } = await host.exec(`ls /var/lib/node-decommission/*/${stage}.result`);
      return stdout.includes(stage);
    });
  };

  const isThere = async (nodeName: string): Promise<boolean> =>
    (await harness.stack.api.find(`/api/v1/nodes/${nodeName}`)) !== undefined;

  it('stopped leaves a node that the janitor lists with its host, and that the same request completes', async () => {
    const host = hosts.get(NODES.stopKubelet)!;
    const { stdout } = await harness.runCli(['janitor', host.name, '-o', 'json']);
    const { leftovers } = JSON.parse(stdout) as { readonly leftovers: readonly Leftover[] };
    expect(leftovers.map(({ kind, task, commands }) => [kind, task, commands])).toEqual([
      ['marks', 'closed', []],
      ['host', 'closed', []],
    ]);
    expect(leftovers[1]?.what).toMatch(/^kubelet\.service is masked, folder /);
    for (const { stays } of leftovers) expect(stays).toContain('Start the same request again');

    await release(host, 'cleanHost');
    const { report } = await awaitClosing(await start(host.name));
    expect([report.outcome, report.message]).toEqual([
      'Decommissioned',
      expect.stringContaining('All checks of the host passed'),
    ]);
    expect(await isThere(host.name)).toBe(false);
    expect(await readStarts(host)).toEqual(['stopKubelet', 'stopKubelet', 'cleanHost']);
    expect(await host.read('systemctl is-enabled kubelet || true')).toBe('masked\n');
    expect(await harness.runCli(['janitor'])).toMatchObject({ exitCode: 0 });
  });

  it('cleaned is named by the janitor, whose command completes it: without a Node the same request is refused', async () => {
    const host = hosts.get(NODES.cleanHost)!;
    expect(await isThere(host.name)).toBe(false);
    const refused = await endOf(await start(host.name));
    expect(refused.outcome).toBe('Refused');
    expect(refused.message).toContain('`janitor cleaned`');

    const [found] = await runJanitor(host);
    expect(found).toMatchObject({ object: 'Host of node cleaned', task: 'closed', taskId: 'cleaned' });
    expect(found?.what).toMatch(
      /^its Node is deleted; .*stopKubelet has ended; cleanHost has ended; all checks of the host pass$/,
    );

    await runInShell(found?.commands ?? []);
    const workflow = harness.client.workflow.getHandle(toNodeWorkflowId('default', host.name));
    const { report } = await awaitClosing<NodeReport>(workflow);
    expect([report.outcome, report.failure]).toEqual(['Decommissioned', undefined]);
    expect(report.host?.cleaned.join()).toContain('masked');
    expect(await readStarts(host)).toEqual(['stopKubelet', 'cleanHost']);
    expect(await runJanitor(host)).toEqual([]);
  });

  it('cleaned is listed without Temporal by the records on its host, and an unknown name is refused', async () => {
    const host = hosts.get(NODES.cleanHost)!;
    await host.read('touch /etc/kubernetes/kubelet.conf');
    const environment = { ...toConfiguration(host), TEMPORAL_NAMESPACE: 'another' };
    const { stdout, exitCode } = await harness.runCli(['janitor', host.name], { environment });
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('remove manually what the failed checks name')]);
    const unknown = await harness.runCli(['janitor', 'mistyped'], { environment });
    expect(unknown).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('there is no node mistyped') as unknown,
    });
  });

  /** Without a Node, only the configuration has the address of its host. */
  const toConfiguration = ({ name, address }: RealNode): Readonly<Record<string, string>> => {
    const { stack, environment } = harness;
    const path = join(stack.directory, `${name}.yaml`);
    const given = JSON.parse(readFileSync(environment['NODE_DECOMMISSION_CONFIG'] ?? '', 'utf8')) as { hosts: object };
    const configured = { ...given, hosts: { ...given.hosts, nodes: [{ match: name, host: address }] } };
    writeFileSync(path, JSON.stringify(configured));
    return { NODE_DECOMMISSION_CONFIG: path };
  };

  const runJanitor = async (host: RealNode): Promise<readonly Leftover[]> => {
    const environment = toConfiguration(host);
    const { stdout } = await harness.runCli(['janitor', host.name, '-o', 'json'], { environment });
    return (JSON.parse(stdout) as { readonly leftovers: readonly Leftover[] }).leftovers;
  };

  /** As an operator's shell runs them, with Temporal's own program. */
  const runInShell = async (commands: readonly string[]): Promise<void> => {
    const { stack, environment } = harness;
    const path = `${dirname(stack.programs.temporal)}:${environment['PATH'] ?? ''}`;
    for (const command of commands)
      await runSuccessfully('sh', ['-c', command], { environment: { ...environment, PATH: path } });
  };
});
