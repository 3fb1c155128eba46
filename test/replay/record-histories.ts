import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/run/search-attributes.ts';
import { owner } from '../builders/pod.ts';
import { beatUntil } from '../workflows/beat-until.ts';
import { failure, target, type TaskScript } from '../workflows/task-script.ts';
import { WorkflowHarness } from '../workflows/workflow-harness.ts';

/*
 * Records the histories that replay.test.ts replays: `node test/replay/record-histories.ts <release> [scene]`, e.g. `0.1`. Histories
 * of a release stay unchanged while a run that it started may still be open; a new release adds its own.
 */

const ANN = { by: 'ann', reason: 'the shop is open' };
const NODES = ['node-1', 'node-2', 'node-3'];

type Scene = (stage: WorkflowHarness, script: TaskScript) => Promise<Readonly<Record<string, WorkflowHandle>>>;

const threeNodes: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1'), target('web-2')]);
  const task = await stage.startTask(script, NODES);
  await stage.awaitEnding(task);
  return { task, node: stage.childOf(script, 'node-1') };
};

const rollback: Scene = async (stage, script) => {
  script.pods.set('node-2', [target('web-1'), target('web-2')]);
  const other = script.holdUntilCancelled('evictPod', 'web-2');
  script.wrap('evictPod', (standard) => async (context, input) => {
    if (input.pod.name === 'web-2') return await standard(context, input);
    await other.reached;
    throw failure('EvictionRefused', 'the API server refused.');
  });
  const task = await stage.startTask(script, NODES);
  await stage.awaitEnding(task);
  return { task, node: stage.childOf(script, 'node-2') };
};

const cancel: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1'), target('web-2')]);
  const eviction = script.holdUntilCancelled('evictPod', 'web-1');
  const uncordon = script.hold('uncordonNode', 'node-1');
  const task = await stage.startTask(script, NODES);
  await eviction.reached;
  await task.cancel();
  await uncordon.reached;
  await task.cancel();
  uncordon.release();
  await stage.awaitEnding(task);
  return { task, node: stage.childOf(script, 'node-1') };
};

const pause: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1'), target('web-2')]);
  const planning = script.hold('planTask');
  const eviction = script.holdUntilCancelled('evictPod', 'web-1');
  const task = await stage.startTask(script, ['node-1']);
  await planning.reached;
  await task.executeUpdate('pause', { args: [ANN] });
  planning.release();
  await stage.awaitStatus(task, ({ nodes }) => nodes[0]?.steps[0]?.status === 'Succeeded');
  await task.executeUpdate('resume', { args: [ANN] });
  await eviction.reached;
  await task.executeUpdate('pause', { args: [ANN] });
  const node = stage.childOf(script, 'node-1');
  await stage.awaitStatus(node, ({ nodes }) => nodes[0]?.pods.every(({ state }) => state !== 'Evicting') === true);
  await task.executeUpdate('resume', { args: [ANN] });
  await stage.awaitEnding(task);
  return { task, node };
};

/** With search attributes: their phases are written. */
const parked: Scene = async (stage, script) => {
  script.searchAttributes = SEARCH_ATTRIBUTES;
  script.fail('awaitNodeStaysGone', failure('NodeCameBack', 'its kubelet still runs.'), 1);
  script.fail('releaseBudgets', failure('Forbidden', 'forbidden.'), 1);
  const back = [{ nodeName: 'node-1', isReturn: true, message: 'it is back.' }];
  script.wrap(
    'readReturnedNodes',
    () => (_context, _targets, isReturnSeen) => Promise.resolve(isReturnSeen ? [] : back),
  );
  const task = await stage.startTask(script, ['node-1']);
  for (const why of ['its kubelet still runs.', 'forbidden.', 'it is back.']) {
    await stage.awaitStatus(task, ({ phase, message }) => phase === 'NeedsOperator' && message.includes(why));
    await task.executeUpdate('resume', { args: [ANN] });
  }
  await stage.awaitEnding(task);
  return { task, node: stage.childOf(script, 'node-1') };
};

const lostNode: Scene = async (stage, script) => {
  script.wrap('readNodePresence', () => () => Promise.resolve('gone'));
  const gone = script.holdUntilCancelled('awaitNodeStaysGone', 'node-1');
  const task = await stage.startTask(script, ['node-1', 'node-2']);
  await gone.reached;
  await stage.childOf(script, 'node-1').terminate('by mistake');
  await stage.awaitEnding(task);
  return { task };
};

const byItself: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1')]);
  const node = await stage.startByItself(script, 'node-1', { deleteNode: false });
  await stage.awaitEnding(node);
  return { node };
};

const host: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1')]);
  script.fail('verifyHost', failure('HostNotClean', 'a shim is left.'), 1);
  const task = await stage.startTask(script, ['node-1'], { hostCleanup: 'required' });
  await stage.awaitStatus(task, ({ phase }) => phase === 'NeedsOperator');
  await task.executeUpdate('resume', { args: [ANN] });
  await stage.awaitEnding(task);
  return { task, node: stage.childOf(script, 'node-1') };
};

/** The host is unreachable when its mounts are checked. */
const unseenMounts: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1')]);
  script.fail('awaitVolumesUnmounted', failure('HostUnreachable', 'no response.'), 1);
  const task = await stage.startTask(script, ['node-1'], { hostCleanup: 'required' });
  await stage.awaitEnding(task);
  return { node: stage.childOf(script, 'node-1') };
};

/** The wait begins again after a skip, and after a pause. */
const replacements: Scene = async (stage, script) => {
  script.pods.set('node-1', [target('web-1'), target('api-1')]);
  const workloads = ['web', 'api'].map((name) => ({
    namespace: 'default',
    owner: owner('apps/v1', 'Deployment', name),
    readyBefore: 2,
  }));
  script.wrap('readDrainState', (standard) => async (...args) => {
    const drainState = await standard(...args);
    return { ...drainState, replaced: drainState.targets.length === 0 ? [] : workloads };
  });
  let waitCount = 0;
  script.wrap('awaitReplacements', () => async (_context, { skipped = [] }) => {
    waitCount += 1;
    if (waitCount < 3) await beatUntil(Context.current().cancelled);
    return skipped.map(({ owner: { kind, name } }) => ({
      workload: `${kind} default/${name}`,
      isReplaced: false,
      seconds: 1,
      message: `${kind} default/${name}: 1 of 2 Ready`,
    }));
  });
  const awaitWait = (count: number): Promise<void> =>
    stage.await(() => Promise.resolve(waitCount === count), `wait ${count}`);
  const task = await stage.startTask(script, ['node-1']);
  await awaitWait(1);
  await task.executeUpdate('skipReplacements', { args: [{ ...ANN, namespace: 'default', name: 'web' }] });
  await awaitWait(2);
  await task.executeUpdate('pause', { args: [ANN] });
  const node = stage.childOf(script, 'node-1');
  await stage.awaitStatus(node, ({ phase }) => phase === 'Paused');
  await task.executeUpdate('resume', { args: [ANN] });
  await stage.awaitEnding(task);
  return { task, node };
};

/** A system-critical pod is evicted when the last ordinary one is skipped; that one, of a Job, is evicted after two retries. */
const waves: Scene = async (stage, script) => {
  const job = target('job-1', { workload: 'Job/report', workloadUid: 'uid-report', awaitsCompletion: true });
  script.pods.set('node-1', [target('dns', { systemCritical: 'running' }), target('web-1'), job]);
  let jobCount = 0;
  script.wrap('evictPod', (standard) => async (context, input) => {
    if (input.pod.name === 'job-1') jobCount += 1;
    if (input.pod.awaitsCompletion === true) await beatUntil(Context.current().cancelled);
    return await standard(context, input);
  });
  const task = await stage.startTask(script, ['node-1']);
  const awaitJob = (count: number): Promise<void> =>
    stage.await(() => Promise.resolve(jobCount === count), `eviction ${count} of the Job's pod`);
  await awaitJob(1);
  const node = stage.childOf(script, 'node-1');
  const argument = { ...ANN, namespace: 'default', name: 'job-1' };
  await node.executeUpdate('skipPod', { args: [argument] });
  await stage.awaitStatus(node, ({ message }) => message.includes('waiting until skipped pods are gone'));
  await node.executeUpdate('retryPod', { args: [argument] });
  await awaitJob(2);
  await node.executeUpdate('retryPod', { args: [argument] });
  await stage.awaitEnding(task);
  return { node };
};

const badInput: Scene = async (stage, script) => {
  const task = await stage.startRaw(script, 'decommissionNodes', [{ nodeName: 'node-1' }]);
  await stage.awaitEnding(task);
  return { task };
};

const continued: Scene = async (stage, script) => {
  const task = await stage.startTask(script, NODES);
  await stage.awaitEnding(task);
  const first = stage.client.workflow.getHandle(task.workflowId, task.firstExecutionRunId);
  return { 'first-run': first, 'last-run': stage.client.workflow.getHandle(task.workflowId) };
};

const SCENES: Readonly<Record<string, Scene>> = {
  'three-nodes': threeNodes,
  rollback,
  cancel,
  pause,
  parked,
  'lost-node': lostNode,
  'by-itself': byItself,
  host,
  'unseen-mounts': unseenMounts,
  replacements,
  waves,
  'bad-input': badInput,
};

/** Stack traces contain paths of this machine; replay does not read them. */
const withoutStackTraces = (key: string, value: unknown): unknown => (key === 'stackTrace' ? '' : value);

const record = async (stage: WorkflowHarness, directory: string, name: string, scene: Scene): Promise<void> => {
  const handles = await scene(stage, stage.createScript());
  for (const [part, handle] of Object.entries(handles)) {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    writeFileSync(`${directory}/${name}-${part}.json`, `${JSON.stringify(history, withoutStackTraces, 1)}\n`);
  }
};

const recordAll = async (release: string, only?: string): Promise<void> => {
  const directory = fileURLToPath(new URL(`./histories/${release}`, import.meta.url));
  mkdirSync(directory, { recursive: true });
  const stage = await WorkflowHarness.open({
    serverArguments: SEARCH_ATTRIBUTES.map((name) => `--search-attribute=${name}=Keyword`),
  });
  try {
    const scenes = Object.entries(SCENES).filter(([name]) => only === undefined || name === only);
    for (const [name, scene] of scenes) await record(stage, directory, name, scene);
  } finally {
    await stage.close();
  }
  if (only !== undefined) return;
  const longStage = await WorkflowHarness.open({
    serverArguments: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=8'],
  });
  try {
    await record(longStage, directory, 'continued', continued);
  } finally {
    await longStage.close();
  }
};

const [, , release, only] = process.argv;
if (release === undefined || !/^\d+\.\d+$/.test(release)) {
  throw new Error('specify the release of the histories: node test/replay/record-histories.ts 0.1');
}
await recordAll(release, only);
