import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toDefaultTaskId } from '../../src/domain/request/task-id.ts';
import { toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import { onOwnerExit } from '../../stack/processes/owner-exit.ts';
import { toEmbeddedState, toStatesDirectory, type EmbeddedState } from './harness/embedded-run.ts';
import { startHarness, type CliResult, type Harness } from './harness/harness.ts';
import { awaitEvictions, readEvictions } from './harness/progress.ts';
import { halfBlockedScene, setScenes, webScene } from './harness/scene.ts';
import { killStateProcesses, readStateProcesses, signalStateProcesses } from './harness/state-processes.ts';

const FLAGS = ['--host-cleanup', 'skip', '--preflight', 'skip'] as const;
const SCENES = [halfBlockedScene('one'), halfBlockedScene('other'), webScene('third'), halfBlockedScene('refused')];

const toId = (nodeName: string): string => toTaskWorkflowId('default', toDefaultTaskId('default', [nodeName]));
const toReport = ({ stdout }: CliResult): DecommissionReport => JSON.parse(stdout) as DecommissionReport;

/** Two drains of one state directory, suspended together while they run; then their blocking budgets are changed to allow evictions. */
describe('a state directory with two suspended drains', () => {
  let harness: Harness;
  let state: EmbeddedState;
  let unregister: () => void;

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    unregister = onOwnerExit(() => signalStateProcesses(toStatesDirectory(harness)));
    await setScenes(stack, SCENES);
    state = toEmbeddedState(harness, 'both');
    const run = state.start(['run', 'one', ...FLAGS]);
    await awaitEvictions(harness, 'one', 'api', 2);
    expect(await state.finish(['start', 'other', ...FLAGS])).toMatchObject({ exitCode: 0 });
    await awaitEvictions(harness, 'other', 'api', 2);
    run.interrupt();
    expect(await run.ended).toMatchObject({ exitCode: 130 });
    await Promise.all(
      ['one', 'other'].map((namespace) =>
        stack.api.patch(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`, {
          spec: { maxUnavailable: 1 },
        }),
      ),
    );
  });

  afterAll(async () => {
    await killStateProcesses(toStatesDirectory(harness));
    unregister();
    await harness.stop();
  });

  const countEvictions = (): readonly number[] =>
    ['one', 'other', 'third'].map((name) => readEvictions(harness, name).length);

  it.each([
    {
      nodeName: 'third',
      named: ['one', 'other'],
      expectedText: 'use a separate state directory for this `run` (set NODE_DECOMMISSION_STATE)',
    },
    {
      nodeName: 'one',
      named: ['other'],
      expectedText: `cancel this one (\`node-decommission cancel ${toId('one')}\`)`,
    },
  ])('resumes neither of them with `run $nodeName`', async ({ nodeName, named, expectedText }) => {
    const refused = await state.finish(['run', nodeName, ...FLAGS]);

    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^error: nothing was started: [^\n]+\n$/m);
    for (const each of named) {
      expect(refused.stderr).toContain(`${toId(each)} (${each})`);
      expect(refused.stderr).toContain(`\`node-decommission cancel ${toId(each)}\``);
    }
    expect(refused.stderr).toContain(expectedText);
    expect(countEvictions()).toEqual([2, 2, 0]);
    expect(readStateProcesses(state.directory)).toEqual([]);
    expect((await harness.stack.api.read('/api/v1/nodes/third')).spec).not.toHaveProperty('unschedulable');
  });

  it('cancels one of them, reports that the worker also runs the other, and evicts nothing', async () => {
    const cancelled = await state.finish(['cancel', toId('one'), '-o', 'json']);

    expect(cancelled.exitCode).toBe(0);
    expect(toReport(cancelled)).toMatchObject({ outcome: 'Cancelled', nodes: [{ nodeName: 'one' }] });
    expect(cancelled.stderr).toContain(`\nThe worker of this command also continues ${toId('other')} (other), `);
    expect(countEvictions()).toEqual([2, 2, 0]);
    expect((await harness.stack.api.read('/api/v1/nodes/one')).spec).not.toHaveProperty('unschedulable');
  });

  it('resumes the other one once it is alone', async () => {
    const resumed = await state.finish(['run', 'other', ...FLAGS, '-o', 'json']);

    expect(resumed.exitCode).toBe(0);
    expect(resumed.stderr).toContain(`\nResuming ${toId('other')}\n`);
    expect(toReport(resumed)).toMatchObject({ outcome: 'Decommissioned', nodes: [{ nodeName: 'other' }] });
    expect(countEvictions()).toEqual([2, 4, 0]);
  });

  it('prints all findings of a refused plan, once no drain is suspended', async () => {
    const refused = await state.finish(['run', 'refused', '--host-cleanup', 'skip']);

    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toMatch(/^Refused: preflight refuses: /m);
    expect(refused.stdout).toMatch(/^Refusals \(1\)\n {2}✗ [A-Za-z]+: [^\n]+$/m);
  });
});
