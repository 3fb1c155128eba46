import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TurnMark } from '../../src/domain/fleet/turn-mark.ts';
import type { RunStatus } from '../../src/domain/run/status.ts';
import { compareText } from '../../src/domain/text/compare-text.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { awaitClosing, type Closing } from '../e2e/harness/closing.ts';
import { createFleet, FLEET } from '../e2e/harness/fleet-pool.ts';
import { startHarness, type Harness } from '../e2e/harness/harness.ts';
import { startObjectWatch, type ObjectWatch } from '../e2e/harness/object-watch.ts';
import { readMark, toWorking } from './fleet/nodes-in-work.ts';

const LIMIT = 2;
const [FIRST, SECOND] = [
  ['a1', 'a2', 'a3'],
  ['b1', 'b2', 'b3'],
].map((names) => names.map((name) => `${FLEET}-${name}`)) as [string[], string[]];

describe('two tasks in a cluster with a limit of two nodes', () => {
  let harness: Harness;
  let watch: ObjectWatch;
  let waits: string;
  let closings: Closing[];

  beforeAll(async () => {
    harness = await startHarness({ maxConcurrentNodes: LIMIT });
    await createFleet(harness.stack, [...FIRST, ...SECOND], { podsPerNode: 4, replicas: 4, sparesPerZone: 1 });
    watch = await startObjectWatch(harness.stack, 'nodes', '/api/v1/nodes');
    await harness.startWorker();
    const request = { hostCleanup: 'skip', maxConcurrentNodes: 3, timeoutSeconds: 600 };
    const runs = await Promise.all(
      [FIRST, SECOND].map((nodeNames, index) => harness.start({ ...request, nodeNames, taskId: `task-${index}` })),
    );
    waits = await awaitCondition('a task waits for its turn', async () => {
      const statuses = await Promise.all(runs.map((run) => run.query<RunStatus>('status')));
      return statuses
        .map((status) => status.waits ?? '')
        .find((text) => text.includes('turn: cluster limit of 2 nodes'));
    });
    closings = await Promise.all(runs.map((run) => awaitClosing(run)));
  });

  afterAll(async () => {
    await watch.stop();
    await harness.stop();
  });

  it('decommissions all nodes of both', () => {
    expect(closings.map(({ status, report }) => [status, report.outcome])).toEqual([
      ['Completed', 'Decommissioned'],
      ['Completed', 'Decommissioned'],
    ]);
  });

  it('never has more than two nodes in work, as an independent watch sees', () => {
    expect(Math.max(...toWorking(watch).map(({ length }) => length))).toBe(LIMIT);
  });

  it('shows in the status for which nodes of which task the others wait', () => {
    expect(waits).toMatch(/in work or next: fleet-\w\d \(task task-[01]\), fleet-\w\d \(task task-[01]\)/);
  });

  it('starts the nodes of both tasks in the order in which they began to wait', () => {
    const marks = new Map<string, TurnMark>();
    for (const event of watch.events()) {
      const mark = readMark(event);
      if (mark?.workingSince !== undefined) marks.set(event.object.metadata.name, mark);
    }
    expect([...marks.keys()].toSorted()).toEqual([...FIRST, ...SECOND]);
    const byStart = [...marks.values()].toSorted((one, other) => compareText(toStart(one), toStart(other)));
    const waitingSince = byStart.map((mark) => mark.waitingSince);
    expect(waitingSince).toEqual(waitingSince.toSorted());
  });
});

const toStart = ({ workingSince = '' }: TurnMark): string => workingSince;
