import { describe, expect, it } from '@jest/globals';
import { storeReport } from '../../../src/activities/node/store-report.ts';
import type { ReportStore } from '../../../src/ports/report-store.ts';
import { activityDependencies } from '../../builders/activity-dependencies.ts';
import { decommissionReport } from '../../builders/decommission-report.ts';
import { runActivity } from '../../builders/run-activity.ts';
import { taskContext } from '../../builders/task-context.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

const report = decommissionReport();

const store = async (reports?: ReportStore): Promise<void> => {
  const dependencies = activityDependencies(new FakeCluster(), reports === undefined ? {} : { reports });
  await runActivity(storeReport(dependencies), [taskContext(), report], {
    workflowExecution: { workflowId: 'decommission/default/node/node-1', runId: 'run-7' },
  });
};

describe('storeReport', () => {
  it('stores the report under the run of its workflow', async () => {
    const stored: unknown[] = [];
    await store({
      store: (...given) => {
        stored.push(given);
        return Promise.resolve();
      },
    });
    expect(stored).toEqual([[report, 'run-7']]);
  });

  it('may succeed on another worker when this one has no place for reports', async () => {
    await expect(store()).rejects.toMatchObject({
      type: 'ReportNotStored',
      retryable: true,
      message: expect.stringContaining('`reports`') as unknown,
    });
  });
});
