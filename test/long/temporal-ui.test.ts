import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { toNodeWorkflowId, toTaskWorkflowId } from '../../src/domain/run/workflow-ids.ts';
import type { JoinedStatus } from '../../src/client/join-status.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { describeWithBrowser, openBrowser } from '../e2e/harness/browser/browser.ts';
import { toPalettePng } from '../e2e/harness/browser/palette-png.ts';
import type { Clip, Page } from '../e2e/harness/browser/page.ts';
import { awaitBlockedDrain } from '../e2e/harness/blocked-drain.ts';
import { createBlockedPool } from '../e2e/harness/blocked-pool.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';

/** `npm run docs:ui` writes the pictures of docs/temporal-ui.md. */
const WRITES_PICTURES = process.env['WRITE_PICTURES'] === '1';
const PICTURES = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const MAX_BYTES = 100_000;
/** Wide enough for the tables of the interface. */
const WIDTH = 1440;
const MAX_WIDTH = 1280;

const WORKER_7 = toNodeWorkflowId('default', 'worker-7');
const RECALL_7 = toTaskWorkflowId('default', 'recall-7');
const RECALL_8 = toTaskWorkflowId('default', 'recall-8');
/** Without the navigation, which has the name of the namespace, and to this height. */
const withoutNavigation = (height: number): Clip => ({ x: 64, y: 49, width: WIDTH - 64, height });

describeWithBrowser('Temporal’s web interface in a browser', () => {
  let harness: Harness;
  let page: Page;

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    await harness.startWorker();
    await stack.createNodes([{ name: 'worker-8' }]);
    await createBlockedPool(stack, 'worker-7');
    const words = ['--host-cleanup', 'skip', '--by', 'ops', '--reason', 'disk is failing'];
    const done = await harness.runCli(['start', 'worker-8', '--task-id', 'recall-8', ...words, '--wait']);
    expect(done).toMatchObject({ exitCode: 0 });
    const blocked = ['start', 'worker-7', '--task-id', 'recall-7', ...words, '--preflight', 'skip'];
    const waiting = await harness.runCli(blocked);
    expect(waiting).toMatchObject({ exitCode: 0 });
    await awaitBlockedDrain(harness, WORKER_7, 2, 6);
    page = await openBrowser(stack, { width: WIDTH, height: 900 });
  });

  afterAll(async () => {
    page.close();
    await harness.stop();
  });

  const open = async (path: string): Promise<void> => {
    const { uiAddress = '', namespace } = harness.stack.temporal;
    await page.goto(`${uiAddress}/namespaces/${namespace}/workflows${path}`);
  };

  const openWorkflow = async (workflowId: string): Promise<void> => {
    await open(`/${encodeURIComponent(workflowId)}`);
    await page.awaitText('User Metadata');
  };

  const keepPicture = async (name: string, clip: Clip): Promise<void> => {
    const picture = toPalettePng(await page.capture(clip, MAX_WIDTH / WIDTH));
    expect(picture.length).toBeLessThan(MAX_BYTES);
    if (WRITES_PICTURES) writeFileSync(`${PICTURES}${name}.png`, picture);
  };

  it('lists the runs of a search attribute that is chosen in its filter', async () => {
    await open('');
    await page.awaitText(RECALL_8);
    await page.click('button', 'Add Filter');
    await page.click('[role=option], [role=menuitem]', 'DecommissionPhase');
    await page.type('input[data-testid^=dropdown-filter-chip-DecommissionPhase]', 'Draining');
    await page.click('[data-testid=apply-filter-button]');
    const isListed = async (): Promise<readonly boolean[]> => {
      const text = await page.readText();
      return [WORKER_7, RECALL_7, RECALL_8].map((workflowId) => text.includes(workflowId));
    };
    await awaitCondition('the list is filtered', async () => isDeepStrictEqual(await isListed(), [true, true, false]));
    await keepPicture('temporal-ui-list', withoutNavigation(330));
  });

  it('shows what the pods of a node are waiting for as its current details', async () => {
    await openWorkflow(WORKER_7);
    await page.click('a', 'User Metadata');
    const waits = 'budget worker-7/blocked allows 0 now';
    await awaitCondition('the progress is painted', async () => {
      await page.press('r');
      return (await page.readText()).includes(waits);
    });
    const details = await page.readText();
    expect(details).toContain('4 of 6 gone');
    expect(details.match(/worker-7\/blocked-\S+/g)?.length).toBeGreaterThanOrEqual(2);
    await keepPicture('temporal-ui-details', withoutNavigation(560));
  });

  const openUpdateForm = async (updateName: string): Promise<void> => {
    await openWorkflow(RECALL_7);
    // The page has its buttons before they do something.
    await awaitCondition('the menu is open', async () => {
      await page.click('button', 'More Actions');
      return await page.appears('[role=menuitem]', 'Send an Update');
    });
    await page.click('[role=menuitem]', 'Send an Update');
    await page.click('[data-testid=update-select-button]');
    await page.click('dialog[open] [role=option]', updateName);
  };

  it('shows in its form why an update is refused, which leaves nothing in the history', async () => {
    await openUpdateForm('pause');
    await page.click('dialog[open] button', 'Submit');
    await page.awaitText('specify who requests this and why: {"by": "…", "reason": "…"}');
    const { events } = await harness.client.workflow.getHandle(RECALL_7).fetchHistory();
    const names = (events ?? []).flatMap(
      ({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => accepted?.acceptedRequest?.input?.name ?? [],
    );
    expect(names).toEqual(['awaitVerdict']);
  });

  it('sends the update of its form, which pauses the drain', async () => {
    await openUpdateForm('pause');
    await page.type('dialog[open] .cm-content', '{"by": "ann", "reason": "the shop is open"}');
    // The form reformats the text when the field loses the focus, which moves its buttons.
    await page.leaveField();
    await awaitCondition('the text is formatted', () =>
      page.evaluate<boolean>('document.querySelectorAll("dialog[open] .cm-line").length > 3'),
    );
    await keepPicture('temporal-ui-update', await page.measure('dialog[open]'));
    await page.click('dialog[open] button', 'Submit');
    await awaitCondition('the form is closed', () =>
      page.evaluate<boolean>('document.querySelector("dialog[open]") === null'),
    );
    const { stdout } = await harness.runCli(['status', 'recall-7', '-o', 'json']);
    expect(JSON.parse(stdout) as JoinedStatus).toMatchObject({
      phase: 'Paused',
      paused: { by: 'ann', reason: 'the shop is open' },
    });
    await openWorkflow(RECALL_7);
    await page.click('a', 'User Metadata');
    await page.awaitText('paused by ann: the shop is open');
    await keepPicture('temporal-ui-paused', withoutNavigation(430));
  });
});
