import { describe, expect, it } from '@jest/globals';
import { formatList } from '../../../src/cli/format/format-list.ts';

describe('formatList', () => {
  it('shows one line per decommission', () => {
    const text = formatList(
      [
        {
          workflowId: 'decommission/default/task/t-2',
          runId: 'r-2',
          cluster: 'default',
          taskId: 't-2',
          dryRun: false,
          state: 'Running',
          phase: 'NeedsOperator',
          nodeNames: 'node-1, node-2',
          startedAt: '2026-01-01T12:00:00Z',
        },
        {
          workflowId: 'own-workflow',
          runId: 'r-1',
          dryRun: true,
          state: 'Completed',
          outcome: 'DryRun',
          nodeNames: '',
          startedAt: '2026-01-01T11:00:00Z',
          closedAt: '2026-01-01T11:00:02Z',
        },
      ],
      '2026-01-01T12:00:30Z',
    );
    expect(text).toBe(
      `
TASK           CLUSTER   NODES            STATE                    STARTED      TOOK
t-2            default   node-1, node-2   Running, NeedsOperator   30s ago      -
own-workflow   -         -                DryRun (dry run)         1h 00m ago   2s
`.trim(),
    );
  });

  it('reports an empty list', () => {
    expect(formatList([], '2026-01-01T12:00:00Z')).toBe('No decommissions found.');
  });

  it('shows ids and times in the wide form', () => {
    const item = {
      workflowId: 'decommission/default/task/t-2',
      runId: 'r-2',
      dryRun: false,
      state: 'Completed',
      nodeNames: 'node-1',
      startedAt: '2026-01-01T12:00:00Z',
      closedAt: '2026-01-01T12:05:00Z',
    } as const;
    const [head, line] = formatList([item], '2026-01-01T12:10:00Z', true).split('\n');
    expect(head).toMatch(/TOOK +STARTED AT +CLOSED AT +WORKFLOW ID$/);
    expect(line).toMatch(/ 2026-01-01T12:00:00Z +2026-01-01T12:05:00Z +decommission\/default\/task\/t-2$/);
  });
});
