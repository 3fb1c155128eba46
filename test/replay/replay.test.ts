import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../workflows/workflow-harness.ts';

interface HistoryEvent {
  readonly eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  startChildWorkflowExecutionInitiatedEventAttributes?: { workflowType: { name: string } };
}

interface History {
  readonly events: HistoryEvent[];
}

const MAX_BYTES = 200_000;
const DIRECTORY = fileURLToPath(new URL('./histories', import.meta.url));

/** All releases on which an open run may have started. */
const files = readdirSync(DIRECTORY, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .sort();

jest.setTimeout(60_000);
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: 'off', forward: {} } },
});
const workflowBundle = await bundleWorkflows();

const readText = (file: string): string => readFileSync(join(DIRECTORY, file), 'utf8');
const replay = (history: unknown): Promise<void> => Worker.runReplayHistory({ workflowBundle }, history);

describe('recorded histories', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(14);
  });

  it.each(files)('%s replays', async (file) => {
    await replay(JSON.parse(readText(file)));
  });

  it.each(files)('%s is small and contains nothing of the machine that recorded it', (file) => {
    expect(statSync(join(DIRECTORY, file)).size).toBeLessThan(MAX_BYTES);
    expect(readText(file)).not.toMatch(/node_modules|file:\/\/|"stackTrace": "[^"]|\/(work|root|home|tmp|usr)\//);
    const identities = [...readText(file).matchAll(/"identity": "([^"]*)"/g)].map(([, identity]) => identity);
    expect(new Set(identities)).toEqual(
      new Set(identities.includes('history-service') ? ['test', 'history-service'] : ['test']),
    );
  });
});

describe('a change in the order of commands is detected', () => {
  const activities = ({ events }: History): { name: string }[] =>
    events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled ? [scheduled.activityType] : [],
    );
  const rename = (type: { name: string } | undefined, name: string): void => {
    if (!type) throw new Error('the history has no such event');
    type.name = name;
  };

  const changes: [string, string, (history: History) => void][] = [
    [
      'another activity',
      'three-nodes-task',
      (history) => {
        rename(
          activities(history).find(({ name }) => name === 'cordonNode'),
          'uncordonNode',
        );
      },
    ],
    [
      'budgets before the locks',
      'three-nodes-task',
      (history) => {
        const [, , lock, , , budgets] = activities(history);
        rename(lock, 'protectWorkloads');
        rename(budgets, 'acquireNodeLock');
      },
    ],
    [
      'another child',
      'three-nodes-task',
      ({ events }) => {
        rename(
          events.find((event) => event.startChildWorkflowExecutionInitiatedEventAttributes)
            ?.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType,
          'decommissionNodes',
        );
      },
    ],
    [
      'the uncordon after the budgets',
      'cancel-task',
      (history) => {
        rename(
          activities(history).find(({ name }) => name === 'releaseBudgets'),
          'uncordonNode',
        );
      },
    ],
  ];
  it.each(changes)('%s', async (_name, part, change) => {
    const file = files.findLast((each) => each.endsWith(`${part}.json`)) ?? '';
    const history = JSON.parse(readText(file)) as History;
    change(history);
    await expect(replay(history)).rejects.toBeInstanceOf(DeterminismViolationError);
  });
});
