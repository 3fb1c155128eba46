import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '../../stack/control-plane/audit-log.ts';
import { boundRows } from '../long-run.ts';
import { ACCEPTED_SPELLINGS, BAD_INPUTS, GOOD_NODE, REMOVED_NODE, type BadInput } from './bad-input/bad-input-cases.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { startHarness, type CliResult, type Harness } from './harness/harness.ts';
import { openUi, type UiSession } from './harness/temporal-ui.ts';

const WRITING_VERBS = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Requests of ours that change something: neither dry runs nor reviews of one's own rights. */
const toWrites = (events: readonly AuditEvent[]): readonly AuditEvent[] =>
  events.filter(
    ({ userAgent = '', verb, objectRef, requestObject }) =>
      userAgent.startsWith('node-decommission/') &&
      WRITING_VERBS.includes(verb) &&
      objectRef?.resource?.startsWith('selfsubject') !== true &&
      requestObject?.dryRun?.includes('All') !== true,
  );

/** Runs `work` on every item, `parallel` at a time. */
const forEachInParallel = async <Item>(
  items: readonly Item[],
  parallel: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> => {
  const queue = items.map((item, index) => ({ item, index }));
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next.item, next.index);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
};

describe('bad input', () => {
  let harness: Harness;
  let ui: UiSession;
  const closings = new Map<BadInput, Closing>();
  const failedTasks = new Map<BadInput, number>();
  const cliResults = new Map<BadInput, { readonly start: CliResult; readonly plan: CliResult }>();
  // Each is two commands; the same code checks them all.
  const onCommandLine = boundRows(
    BAD_INPUTS.filter((badInput) => badInput.onCommandLine !== false),
    3,
  );

  beforeAll(async () => {
    harness = await startHarness();
    ui = await openUi(harness.stack.temporal);
    await harness.startWorker();
    await harness.stack.createNodes([{ name: GOOD_NODE }, { name: REMOVED_NODE }]);
    await harness.stack.api.delete(`/api/v1/nodes/${REMOVED_NODE}`);
    await Promise.all(BAD_INPUTS.map(startInUi));
    await forEachInParallel(onCommandLine, 3, runOnCommandLine);
  });

  afterAll(async () => {
    await harness.stop();
  });

  const startInUi = async (badInput: BadInput, index: number): Promise<void> => {
    const workflowId = `decommission/default/task/ui-${index}`;
    const { request, form } = badInput;
    await ui.start({ workflowId, input: request === undefined ? '' : JSON.stringify(request), ...form });
    const run = harness.client.workflow.getHandle(workflowId);
    closings.set(badInput, await awaitClosing(run));
    const { events = [] } = await run.fetchHistory();
    failedTasks.set(badInput, (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length);
  };

  const runOnCommandLine = async (badInput: BadInput): Promise<void> => {
    const input = JSON.stringify(badInput.request);
    cliResults.set(badInput, {
      start: await harness.runCli(['start', '--wait', '--by', 'a tester', '-f', '-'], { input }),
      plan: await harness.runCli(['plan', '-f', '-'], { input }),
    });
  };

  it.each(BAD_INPUTS.map((badInput) => [badInput.title, badInput] as const))(
    'ends at once with one clear error when the UI sends %s',
    (_title, badInput) => {
      const { status, type, message = '' } = closings.get(badInput)!;
      expect({ status, type }).toEqual({ status: 'Failed', type: badInput.type });
      expect(message).toContain(badInput.expectedText);
      expect(message).not.toContain('\n');
      expect(message.length).toBeLessThan(600);
      expect(failedTasks.get(badInput)).toBe(0);
    },
  );

  it.each(onCommandLine.map((badInput) => [badInput.title, badInput] as const))(
    'ends with the same error on the command line: %s',
    (_title, badInput) => {
      const { start, plan } = cliResults.get(badInput)!;
      const exitCode = badInput.type === 'InvalidInput' ? 2 : 3;
      const ofPlan = badInput.ofPlan ?? { exitCode, expectedText: badInput.expectedText };
      expect([start.exitCode, plan.exitCode]).toEqual([exitCode, ofPlan.exitCode]);
      expect(`${start.stdout}${start.stderr}`).toContain(badInput.expectedText);
      expect(`${plan.stdout}${plan.stderr}`).toContain(ofPlan.expectedText);
    },
  );

  it('reports wrong arguments and flags too', async () => {
    const results = await Promise.all([
      harness.runCli(['start', 'Node_1', '--host-cleanup', 'skip']),
      harness.runCli(['plan', GOOD_NODE, '--host-cleanup', 'skip', '--max-unavailable', '0%']),
      harness.runCli(['plan', GOOD_NODE, '--max-unavailble', '1']),
      harness.runCli(['start', '-f', 'no-such-file.json']),
      harness.runCli(['start', '-f', '-'], { input: '{"nodeNames": [' }),
    ]);

    expect(results.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2, 2]);
    expect(results.map(({ stdout }) => stdout)).toEqual(['', '', '', '', '']);
    expect(results.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('"Node_1"'),
      expect.stringContaining('"0%"'),
      expect.stringContaining('--max-unavailable'),
      expect.stringContaining('no-such-file.json'),
      expect.stringContaining('standard input is not JSON'),
    ]);
  });

  it.each(ACCEPTED_SPELLINGS.map((spelling, index) => [spelling.title, spelling, index] as const))(
    'accepts %s',
    async (_title, { request, form }, index) => {
      const workflowId = `decommission/default/task/spelling-${index}`;
      await ui.start({ workflowId, input: JSON.stringify(request), ...form });
      const closing = await awaitClosing(harness.client.workflow.getHandle(workflowId));

      expect(closing.report).toMatchObject({ outcome: 'DryRun', nodes: [{ nodeName: GOOD_NODE }] });
    },
  );

  it('changes nothing in the cluster', () => {
    expect(toWrites(harness.stack.auditEvents())).toEqual([]);
  });
});
