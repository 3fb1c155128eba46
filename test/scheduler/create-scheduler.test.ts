import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SchedulerSession } from '../../src/ports/scheduler.ts';
import { readCacheDirectory } from '../../src/config/cache-directory.ts';
import { createScheduler } from '../../src/scheduler/create-scheduler.ts';
import { findProgram } from '../../src/scheduler/find-program.ts';
import { startProgramThread } from '../../src/scheduler/program-thread.ts';
import {
  placementTrial,
  schedulerFacts,
  schedulerNode,
  schedulerPod,
  schedulerTemplate,
} from '../builders/scheduler-facts.ts';

// Every session starts a thread, under the load of other suites.
jest.setTimeout(120_000);

const FROM_CACHE = { program: { cacheDirectory: readCacheDirectory() } };

describe('a session of createScheduler', () => {
  let session: SchedulerSession;
  const facts = schedulerFacts({
    nodes: ['old', 'new', 'newer'].map((name) => schedulerNode(name)),
    templates: [schedulerTemplate('web', {}, '3')],
    pods: ['one', 'two', 'three'].map((uid) => schedulerPod(uid, 0, 'old')),
  });

  beforeAll(async () => {
    session = await createScheduler(FROM_CACHE).open(facts);
  });

  afterAll(async () => {
    await session.close();
  });

  it('starts every trial from the facts as loaded', async () => {
    const both = await session.tryPlacement(placementTrial(['one', 'two']));
    const third = await session.tryPlacement(placementTrial(['three'], { choice: 'emptiest' }));
    expect([...both.places.values()].map((place) => 'nodeName' in place && place.nodeName).sort()).toEqual([
      'new',
      'newer',
    ]);
    expect([...third.places]).toEqual([['three', { nodeName: 'new' }]]);
  });

  it('answers trials that are asked at once', async () => {
    const trials = ['one', 'two'].map((uid) => session.tryPlacement(placementTrial([uid], { choice: 'emptiest' })));
    const results = await Promise.all(trials);
    expect(results.map(({ places }) => [...places.keys()])).toEqual([['one'], ['two']]);
  });

  it.each([
    ['a pod', placementTrial(['four']), 'The trial names pod with UID four, which is not in the facts.'],
    ['a node', placementTrial([], { removedNodeNames: ['x'] }), 'The trial names node x, which is not in the facts.'],
  ])('refuses %s that is not in the facts', async (_case, trial, message) => {
    await expect(session.tryPlacement(trial)).rejects.toThrow(message);
  });

  it('uses the thread of the session before it, but none of its facts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'node-decommission-scheduler-'));
    const programPath = join(folder, 'scheduler.program');
    symlinkSync(await findProgram(readCacheDirectory()), programPath);
    const scheduler = createScheduler({ program: { path: programPath } });
    const first = await scheduler.open(facts);
    await first.tryPlacement(placementTrial(['one']));
    await first.close();
    // Another thread could not start.
    rmSync(folder, { recursive: true });
    const second = await scheduler.open(schedulerFacts({ nodes: [schedulerNode('other')] }));
    const trial = placementTrial(['one'], { removedNodeNames: [] });
    await expect(second.tryPlacement(trial)).rejects.toThrow('which is not in the facts');
    await second.close();
  });

  it('fails after it was closed', async () => {
    const closed = await createScheduler(FROM_CACHE).open(schedulerFacts());
    await closed.close();
    await expect(closed.tryPlacement(placementTrial([], { removedNodeNames: [] }))).rejects.toThrow(
      'The session of the scheduler is closed.',
    );
  });
});

describe('what createScheduler rejects', () => {
  it('facts of an unknown kind', async () => {
    const opened = createScheduler(FROM_CACHE).open(schedulerFacts({ objects: { Ingress: [{}] } }));
    await expect(opened).rejects.toThrow('The scheduler program reports: objects of kind Ingress are not supported');
  });

  it('an object that is not valid', async () => {
    const opened = createScheduler(FROM_CACHE).open(schedulerFacts({ nodes: [{ spec: { taints: 'none' } }] }));
    await expect(opened).rejects.toThrow('The scheduler program reports: an object of kind Node is not valid');
  });

  it('another version of the protocol', async () => {
    const thread = startProgramThread(await findProgram(readCacheDirectory()));
    const sent = thread.send({ version: 3, load: { disabledPlugins: [] } });
    await expect(sent).rejects.toThrow('the request has version 3, but this program supports version 2 only');
    await thread.end();
  });

  it('a file that is not a program', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scheduler-'));
    const programPath = join(folder, 'scheduler.program');
    writeFileSync(programPath, 'text');
    await expect(createScheduler({ program: { path: programPath } }).open(schedulerFacts())).rejects.toThrow(
      'The scheduler program failed: ',
    );
    rmSync(folder, { recursive: true });
  });

  it('a missing program, with the command that builds it', async () => {
    const program = { cacheDirectory: join(tmpdir(), 'no-cache') };
    await expect(createScheduler({ program }).open(schedulerFacts())).rejects.toThrow('run "npm run build:scheduler"');
  });
});
