import { describe, expect, it } from '@jest/globals';
import type { PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { judgeReplacements } from '../../../src/domain/replacements/judge-replacements.ts';
import type { ReplacedWorkload } from '../../../src/domain/replacements/replaced-workload.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { workload } from '../../builders/workload.ts';

const web = (readyBefore: number): ReplacedWorkload => ({
  namespace: 'default',
  owner: owner('apps/v1', 'Deployment', 'web'),
  readyBefore,
});

const there = (name: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, nodeName: 'node-2', ...overrides });
const pending = (name: string, overrides: Partial<PodFacts> = {}): PodFacts =>
  there(name, { nodeName: '', phase: 'Pending', ready: false, ...overrides });

const judge = (before: number, now: WorkloadFacts | undefined, pods: readonly PodFacts[]) =>
  judgeReplacements(web(before), { workload: now, pods, leavingNodeName: 'node-1' });

describe('judgeReplacements', () => {
  it.each<[string, number, WorkloadFacts | undefined, readonly PodFacts[], boolean]>([
    ['all of its pods are Ready', 2, workload({ replicas: 2 }), [there('a'), there('b')], true],
    ['one is Pending', 2, workload({ replicas: 2 }), [there('a'), pending('b')], false],
    ['one is not created yet', 2, workload({ replicas: 2 }), [there('a')], false],
    ['one runs and is not Ready', 2, workload({ replicas: 2 }), [there('a'), there('b', { ready: false })], false],
    ['one was not Ready before either', 1, workload({ replicas: 2 }), [there('a'), pending('b')], true],
    ['none was Ready before', 0, workload({ replicas: 2 }), [], true],
    ['its owner has scaled it down', 3, workload({ replicas: 1 }), [there('a')], true],
    ['its owner has scaled it to none', 3, workload({ replicas: 0 }), [], true],
    ['its owner has scaled it up', 1, workload({ replicas: 9 }), [there('a'), pending('b'), pending('c')], true],
    ['its owner has deleted it', 3, undefined, [], true],
    ['one terminates', 1, workload(), [there('a', { deletionTimestamp: '2026-01-02T00:00:00Z' })], false],
    ['one has ended', 1, workload(), [there('a', { phase: 'Failed' })], false],
    ['one is on the node that is left', 1, workload(), [there('a', { nodeName: 'node-1' })], false],
    ['the selector also selects a bare pod', 1, workload(), [barePod({ nodeName: 'node-2' })], false],
    [
      'the selector also selects a pod of another owner',
      1,
      workload(),
      [there('a', { controller: owner('apps/v1', 'StatefulSet', 'db') })],
      false,
    ],
  ])('%s', (_case, before, now, pods, expected) => {
    expect(judge(before, now, pods).isReplaced).toBe(expected);
  });

  it.each<[string, readonly PodFacts[], string]>([
    [
      'cannot be scheduled',
      [there('a'), pending('b', { unschedulableMessage: '0/3 nodes are available: 3 Insufficient cpu.' })],
      '1 of 2 Ready; pod b is Pending: 0/3 nodes are available: 3 Insufficient cpu',
    ],
    [
      'cannot pull its image',
      [there('a'), there('b', { phase: 'Pending', ready: false, waitingReason: 'ImagePullBackOff' })],
      '1 of 2 Ready; pod b is Pending on node node-2: ImagePullBackOff',
    ],
    [
      'starts',
      [there('a'), there('b', { ready: false })],
      '1 of 2 Ready; pod b is Running on node node-2: its containers are not Ready',
    ],
    [
      'has a scheduling gate',
      [there('a'), pending('b', { schedulingGated: true })],
      '1 of 2 Ready; pod b is Pending: it has scheduling gates, which another controller removes',
    ],
    [
      'is not created',
      [there('a')],
      '1 of 2 Ready; 1 pod not created yet (`kubectl -n default describe deployment web`)',
    ],
    [
      'is one of many',
      [pending('a'), pending('b'), pending('c')],
      '0 of 2 Ready; pod a is Pending: the scheduler has not tried it yet; pod b is Pending: the scheduler has not tried it yet; and 1 more',
    ],
  ])('names the pod that %s', (_case, pods, expected) => {
    expect(judge(2, workload({ replicas: 2 }), pods).message).toBe(`Deployment default/web: ${expected}`);
  });

  it('counts pods of a StatefulSet by their controller', () => {
    const db = { ...web(1), owner: owner('apps/v1', 'StatefulSet', 'db') };
    const pods = [there('db-0', { controller: db.owner })];
    const facts = { workload: workload({ kind: 'StatefulSet', name: 'db' }), pods, leavingNodeName: 'node-1' };
    expect(judgeReplacements(db, facts).isReplaced).toBe(true);
  });
});
