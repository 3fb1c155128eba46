import { describe, jest } from '@jest/globals';
import { itKeepsRunsOnTheirVersion } from './version-scene.ts';
import { TEST_TIMEOUT_MILLISECONDS, WorkflowHarness } from './workflow-harness.ts';

jest.setTimeout(TEST_TIMEOUT_MILLISECONDS);

// The dev server of the stack is of a version that does not move a pinned workflow which continues as new; 1.31 does.
describe('workers of two versions at once, on the dev server', () => {
  itKeepsRunsOnTheirVersion(() => WorkflowHarness.open({ startsWorker: false }), { upgradesTasks: false });
});
