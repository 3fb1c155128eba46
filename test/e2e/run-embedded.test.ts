import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MANAGED_BY, MANAGED_BY_LABEL } from '../../src/domain/cluster/annotations.ts';
import type { DecommissionReport } from '../../src/domain/run/report.ts';
import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { onOwnerExit } from '../../stack/processes/owner-exit.ts';
import { isLongRun, itInLongRun } from '../long-run.ts';
import { blockRequests, nodeChange } from './harness/blocked-requests.ts';
import { toEmbeddedState, toStatesDirectory, type EmbeddedState } from './harness/embedded-run.ts';
import { toAcceptedEvictions, toRepeatedUids, toUnaccountedPods } from './harness/evictions.ts';
import { startHarness, type CliResult, type Harness } from './harness/harness.ts';
import { readPodsOnNode, toUids } from './harness/pods-on-node.ts';
import { awaitEvictions, readEvictions } from './harness/progress.ts';
import { halfBlockedScene, setScenes, toSceneSnapshot, webScene, type Scene } from './harness/scene.ts';
import { readSnapshot, type Snapshot } from './harness/snapshot.ts';
import { killStateProcesses, readStateProcesses, signalStateProcesses } from './harness/state-processes.ts';

/** Eight pods that terminate slowly, two evictions at a time under our budget: some evicted, others waiting. */
const slowScene = (nodeName: string): Scene =>
  webScene(nodeName, { replicas: 8, pod: { behavior: { terminateAfterMilliseconds: 2000 } } });

const SCENES = {
  tree: slowScene('tree'),
  orphan: slowScene('orphan'),
  suspended: slowScene('suspended'),
  twice: halfBlockedScene('twice'),
  late: halfBlockedScene('late'),
  early: webScene('early'),
  killed: slowScene('killed'),
} as const;

/** Accepts connections and never responds. */
const UNRESPONSIVE_SERVER = `#!${process.execPath}
const port = process.argv[process.argv.indexOf('--port') + 1];
require('node:net').createServer(() => undefined).listen(Number(port), '127.0.0.1');
`;

/** Each starts several servers and workers. */
const IN_LONG_RUN: readonly string[] = ['orphan', 'late', 'early', 'killed', 'mute'];

/** Longer than the possible evictions of `late` take. */
const LATE_SECONDS = 30;

const toRunWords = (nodeName: string, ...more: readonly string[]): readonly string[] => [
  ...['run', nodeName, '--host-cleanup', 'skip', '--preflight', 'skip'],
  ...more,
];

const toBudgetsPath = (namespace: string): string => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;

/** All at the same time, each with a separate node and state directory. */
describe('run with everything embedded', () => {
  let harness: Harness;
  let before: Snapshot;
  const listed = new Map<string, readonly string[]>();
  let unregister: () => void;

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    unregister = onOwnerExit(() => signalStateProcesses(toStatesDirectory(harness)));
    await setScenes(stack, Object.values(SCENES));
    for (const nodeName of Object.keys(SCENES)) listed.set(nodeName, toUids(await readPodsOnNode(stack, nodeName)));
    before = await readSnapshot(stack);
    const played = Object.entries(plays).filter(([name]) => isLongRun || !IN_LONG_RUN.includes(name));
    for (const [name, play] of played) playing.set(name, start(play));
  });

  afterAll(async () => {
    await killStateProcesses(toStatesDirectory(harness));
    unregister();
    await harness.stop();
  });

  const playing = new Map<string, Promise<unknown>>();
  const start = (play: () => Promise<unknown>): Promise<unknown> => {
    const started = play();
    started.catch(() => undefined); // Its test also awaits it.
    return started;
  };
  const outcomeOf = async <Name extends keyof typeof plays>(
    name: Name,
  ): Promise<Awaited<ReturnType<(typeof plays)[Name]>>> => (await playing.get(name)) as never;

  /** Waits until the drain of a slow scene has evicted some of its pods. */
  const awaitSomeEvictions = async (nodeName: string): Promise<void> => {
    await awaitEvictions(harness, nodeName, 'web', 3);
  };

  const readEvictedUids = (nodeName: string): readonly string[] =>
    readEvictions(harness, nodeName).map(({ uid }) => uid);

  const plays = {
    tree: async () => {
      const state = toEmbeddedState(harness, 'tree');
      const first = state.start(toRunWords('tree'));
      await awaitSomeEvictions('tree');
      const killed = await killStateProcesses(state.directory);
      const left = await readPodsOnNode(harness.stack, 'tree');
      const second = await state.finish(toRunWords('tree', '-o', 'json'));
      return { state, killed, left, first: await first.ended, second };
    },

    orphan: async () => {
      const state = toEmbeddedState(harness, 'orphan');
      const first = state.start(toRunWords('orphan'));
      await awaitSomeEvictions('orphan');
      const [server] = readStateProcesses(state.directory).filter(({ isServer }) => isServer);
      await killStateProcesses(state.directory, ({ isServer }) => !isServer);
      const left = readStateProcesses(state.directory);
      const second = await state.finish(toRunWords('orphan', '-o', 'json'));
      return { state, server, left, first: await first.ended, second };
    },

    suspended: async () => {
      const { stack } = harness;
      const state = toEmbeddedState(harness, 'suspended');
      const first = state.start(toRunWords('suspended'));
      await awaitSomeEvictions('suspended');
      first.interrupt();
      const interrupted = await first.ended;
      const processesAfter = readStateProcesses(state.directory);
      const nodeAfter = await stack.api.read('/api/v1/nodes/suspended');
      const evictedBefore = readEvictedUids('suspended');

      const block = await blockRequests(stack, nodeChange('suspended'));
      const cancelWords = toCancelWords(interrupted.stderr);
      const cancel = state.start([...cancelWords, '--by', 'ops', '--reason', 'the window has closed']);
      await cancel.awaitText('evict Failed');
      cancel.interrupt();
      const cancelInterrupted = await cancel.ended;
      await block.release();
      const cancelled = await state.finish([...cancelWords, '-o', 'json']);
      const report = await state.finish(['report', '-o', 'json']);
      return { state, interrupted, processesAfter, nodeAfter, evictedBefore, cancelInterrupted, cancelled, report };
    },

    twice: async () => {
      const state = toEmbeddedState(harness, 'twice');
      const both = [1, 2].map(() => state.start(toRunWords('twice', '-o', 'json')));
      const refused = await Promise.race(both.map(async (each) => ({ each, result: await each.ended })));
      const winner = both.find((each) => each !== refused.each)!;
      await awaitEvictions(harness, 'twice', 'api', 2);
      const [server] = readStateProcesses(state.directory).filter(({ isServer }) => isServer);
      const third = await state.finish(toRunWords('twice'));
      const doctor = await state.finish(['doctor', '--no-hosts']);
      const serversAfter = readStateProcesses(state.directory).filter(({ isServer }) => isServer);
      await harness.stack.api.patch(`${toBudgetsPath('twice')}/web`, { spec: { maxUnavailable: 1 } });
      const won = await winner.ended;
      return { state, refused: refused.result, winnerPid: winner.pid, server, third, doctor, serversAfter, won };
    },

    late: async () => {
      const state = toEmbeddedState(harness, 'late');
      const words = toRunWords('late', '--timeout-seconds', String(LATE_SECONDS));
      const first = state.start(words);
      await awaitEvictions(harness, 'late', 'api', 2);
      await killStateProcesses(state.directory);
      const killedAt = Date.now();
      const node = await harness.stack.api.read('/api/v1/nodes/late');
      await awaitCondition('the deadline has passed', () => Date.now() - killedAt >= LATE_SECONDS * 1000, {
        timeoutMilliseconds: 2 * LATE_SECONDS * 1000,
        intervalMilliseconds: 500,
      });
      const second = await state.finish([...words, '-o', 'json']);
      return { state, first: await first.ended, node, second };
    },

    early: async () => {
      const state = toEmbeddedState(harness, 'early');
      const first = state.start(toRunWords('early'));
      await first.awaitText('Started the Temporal dev server');
      first.interrupt();
      const interrupted = await first.ended;
      const processesAfter = readStateProcesses(state.directory);
      const second = await state.finish(toRunWords('early'));
      return { state, interrupted, processesAfter, second };
    },

    mute: async () => {
      const program = join(harness.stack.directory, 'mute-temporal');
      await writeFile(program, UNRESPONSIVE_SERVER, { mode: 0o755 });
      const state = toEmbeddedState(harness, 'mute', { NODE_DECOMMISSION_TEMPORAL_PROGRAM: program });
      return { state, ended: await state.finish(toRunWords('mute')) };
    },

    killed: async () => {
      const { stack } = harness;
      const state = toEmbeddedState(harness, 'killed');
      state.start(toRunWords('killed'));
      await awaitSomeEvictions('killed');
      await killStateProcesses(state.directory);
      const cancel = state.start(['cancel', '-o', 'json']);
      await cancel.awaitText('Started the Temporal dev server');
      const mark = stack.markAudit();
      const cancelled = await cancel.ended;
      const evicted = toAcceptedEvictions(stack.auditEvents(mark)).filter(({ pod }) => pod.startsWith('killed/'));
      return { state, cancelled, evicted };
    },
  };

  /** The command that the suspended run prints. */
  const toCancelWords = (text: string): readonly string[] =>
    /`node-decommission (cancel [^`]+)`/.exec(text)?.[1]?.split(' ') ?? [];

  const expectDecommissioned = async (nodeName: string, state: EmbeddedState): Promise<void> => {
    const uids = readEvictedUids(nodeName);
    expect(toRepeatedUids(readEvictions(harness, nodeName))).toEqual([]);
    const all = listed.get(nodeName) ?? [];
    expect(all).toEqual(expect.arrayContaining([...uids]));
    expect(toUnaccountedPods(harness.stack.auditEvents(), all)).toEqual([]);
    expect(await harness.stack.api.find(`/api/v1/nodes/${nodeName}`)).toBeUndefined();
    const budgets = await harness.stack.api.list(toBudgetsPath(nodeName));
    expect(budgets.filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY)).toEqual([]);
    expect(readStateProcesses(state.directory)).toEqual([]);
  };

  /** Controllers remove their own taint a moment after an uncordon. */
  const expectUndone = async (nodeName: string, state: EmbeddedState): Promise<void> => {
    const wanted = toSceneSnapshot(before, nodeName);
    let now: Snapshot = {};
    const wait = awaitCondition(
      `everything of ${nodeName} is as before`,
      async () => {
        now = toSceneSnapshot(await readSnapshot(harness.stack), nodeName);
        return JSON.stringify(now) === JSON.stringify(wanted);
      },
      { timeoutMilliseconds: 60_000, intervalMilliseconds: 500 },
    );
    await Promise.allSettled([wait]);
    expect(now).toEqual(wanted);
    expect(toRepeatedUids(readEvictions(harness, nodeName))).toEqual([]);
    expect(listed.get(nodeName)).toEqual(expect.arrayContaining([...readEvictedUids(nodeName)]));
    expect(readStateProcesses(state.directory)).toEqual([]);
  };

  const toReport = ({ stdout }: CliResult): DecommissionReport => JSON.parse(stdout) as DecommissionReport;

  it('resumes the same drain after SIGKILL of the whole process tree', async () => {
    const { state, killed, left, first, second } = await outcomeOf('tree');

    expect(killed).toBe(2);
    expect(left.length).toBeGreaterThan(0);
    expect(first.stderr).toContain('(from cache)');
    expect(first.stderr).toMatch(/^Started decommission\/default\/task\//m);
    expect(second.stderr).toMatch(/^Started the Temporal dev server/m);
    expect(second.stderr).toMatch(/^Resuming decommission\/default\/task\//m);
    expect(second.exitCode).toBe(0);
    expect(toReport(second)).toMatchObject({ outcome: 'Decommissioned', nodes: [{ nodeName: 'tree' }] });
    expect(state.readReports()).toEqual([toReport(second)]);
    await expectDecommissioned('tree', state);
  });

  itInLongRun('adopts the server that was left running after SIGKILL of its Node process', async () => {
    const { state, server, left, second } = await outcomeOf('orphan');

    expect(left).toEqual([server]);
    expect(second.stderr).toMatch(/^Took over the Temporal dev server/m);
    expect(second.stderr).toMatch(/^Resuming decommission\/default\/task\//m);
    expect(second.exitCode).toBe(0);
    expect(toReport(second)).toMatchObject({ outcome: 'Decommissioned' });
    expect(state.readReports()).toEqual([toReport(second)]);
    await expectDecommissioned('orphan', state);
  });

  it('is suspended by Ctrl-C, and undone by `cancel`, even if that is interrupted too', async () => {
    const { state, interrupted, processesAfter, nodeAfter, evictedBefore, ...after } = await outcomeOf('suspended');

    expect(interrupted.exitCode).toBe(130);
    expect(interrupted.stderr).toMatch(
      /^Suspended: node suspended is still cordoned\. To continue, run the same command again before \d{4}-\d\d-\d\dT[\d:.]+Z, when the drain times out and is undone\. To undo all changes, run `node-decommission cancel decommission\/default\/task\/[^`]+`\.$/m,
    );
    expect(processesAfter).toEqual([]);
    expect(nodeAfter.spec).toMatchObject({ unschedulable: true });

    expect(after.cancelInterrupted.exitCode).toBe(130);
    expect(after.cancelInterrupted.stderr).toMatch(/Suspended: the undo of \S+ is not complete\. /);
    expect(after.cancelled.exitCode).toBe(0);
    expect(toReport(after.cancelled)).toMatchObject({ outcome: 'Cancelled' });
    expect(readEvictedUids('suspended')).toEqual(evictedBefore);
    const evicted = toReport(after.cancelled).nodes[0]?.pods.filter(({ outcome }) => outcome !== 'NotEvicted') ?? [];
    expect(evicted.map(({ uid }) => uid).sort()).toEqual([...evictedBefore].sort());
    await expectUndone('suspended', state);
    // No server is running any more, so it is read from disk.
    expect(after.report.exitCode).toBe(0);
    expect(toReport(after.report)).toEqual(toReport(after.cancelled));
  });

  itInLongRun('that was killed is undone by `cancel`, and no further pod is evicted', async () => {
    const { state, cancelled, evicted } = await outcomeOf('killed');

    expect(cancelled.exitCode).toBe(0);
    expect(toReport(cancelled)).toMatchObject({ outcome: 'Cancelled' });
    expect(state.readReports()).toEqual([toReport(cancelled)]);
    expect(evicted).toEqual([]);
    await expectUndone('killed', state);
  });

  it('refuses a second one on its state directory, and is unaffected by it', async () => {
    const { state, refused, winnerPid, server, third, doctor, serversAfter, won } = await outcomeOf('twice');
    const sentence = `another \`run\` (pid ${winnerPid}) uses ${state.directory}.`;

    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'StateDirectoryBusy' } });
    expect(refused.stderr).toMatch(/^Cluster default: [^\n]+\nerror: [^\n]+\n$/);
    expect(refused.stderr).toContain(sentence);
    expect(third).toMatchObject({ exitCode: 1, stdout: '' });
    expect(third.stderr).toContain(sentence);
    expect(doctor.stdout).toMatch(/ok {3}search attributes: all registered[^]*ok {3}workers of cluster default: /);
    expect(serversAfter).toEqual([server]);
    expect(won.exitCode).toBe(0);
    expect(won.stderr).toMatch(/^Started decommission\/default\/task\//m);
    expect(state.readReports()).toEqual([toReport(won)]);
    await expectDecommissioned('twice', state);
  });

  itInLongRun('undoes the drain whose time ran out while it was killed', async () => {
    const { state, node, second } = await outcomeOf('late');

    expect(node.spec).toMatchObject({ unschedulable: true });
    expect(second.stderr).toMatch(/^Resuming decommission\/default\/task\//m);
    expect(second.exitCode).toBe(1);
    expect(toReport(second)).toMatchObject({ outcome: 'RolledBack', failure: { type: 'DrainTimeout' } });
    expect(state.readReports()).toEqual([toReport(second)]);
    expect(readEvictedUids('late')).toHaveLength(2);
    await expectUndone('late', state);
  });

  itInLongRun('starts nothing when Ctrl-C is pressed before the start', async () => {
    const { state, interrupted, processesAfter, second } = await outcomeOf('early');

    expect(interrupted).toMatchObject({ exitCode: 130, stdout: '' });
    expect(interrupted.stderr).toContain('Interrupted: nothing was started.');
    expect(interrupted.stderr).not.toMatch(/^Started decommission/m);
    expect(processesAfter).toEqual([]);
    expect(second.stderr).toMatch(/^Started decommission\/default\/task\//m);
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toContain('Decommissioned: node early: drained and deleted.');
    await expectDecommissioned('early', state);
  });

  itInLongRun('stops the server that it started and cannot use', async () => {
    const { state, ended } = await outcomeOf('mute');

    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^error: cannot connect to the Temporal server at 127\.0\.0\.1:\d+: [^\n]+$/m);
    expect(readStateProcesses(state.directory)).toEqual([]);
  });
});
