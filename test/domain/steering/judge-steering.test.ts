import { describe, expect, it } from '@jest/globals';
import { findNodeOfPod } from '../../../src/domain/steering/find-node-of-pod.ts';
import { findNodeOfReplacements } from '../../../src/domain/steering/find-node-of-replacements.ts';
import { judgeApproval } from '../../../src/domain/steering/judge-approval.ts';
import {
  judgePodSteering,
  type PodSteeringFacts,
  type SteeredPod,
} from '../../../src/domain/steering/judge-pod-steering.ts';
import { judgeReplacementSkip } from '../../../src/domain/steering/judge-replacement-skip.ts';
import { readSteering } from '../../../src/domain/steering/steering.ts';
import type { ReplacedWorkload } from '../../../src/domain/replacements/replaced-workload.ts';
import { owner } from '../../builders/pod.ts';

const ANN = { by: 'ann', reason: 'the shop is closed' };

describe('readSteering', () => {
  it.each([
    ['without who and why', 'approve', {}, 'specify who requests this and why'],
    ['null', 'retryPod', null, 'specify who requests this and why'],
    ['an empty reason', 'approve', { by: 'ann', reason: ' ' }, 'specify who requests this and why'],
    ['without a pod', 'skipPod', ANN, 'specify the pod'],
    ['a pod without its namespace', 'forcePod', { ...ANN, name: 'web-1' }, 'specify the pod'],
    ['a name that is no text', 'forcePod', { ...ANN, namespace: 'default', name: 7 }, 'specify the pod'],
    ['a workload without its namespace', 'skipReplacements', { ...ANN, name: 'web' }, 'specify the workload'],
    ['a workload that is no text', 'skipReplacements', { ...ANN, namespace: 1, name: 2 }, 'specify the workload'],
  ] as const)('refuses an argument: %s', (_case, action, argument, complaint) => {
    expect(readSteering(action, argument)).toContain(complaint);
  });

  it.each([
    ['approve', { ...ANN, nodeName: 'node-1', else: 1 }, { action: 'approve', ...ANN, nodeName: 'node-1' }],
    ['approve', { ...ANN, machineIsOff: true }, { action: 'approve', ...ANN, machineIsOff: true }],
    ['approve', { ...ANN, machineIsOff: 'yes' }, { action: 'approve', ...ANN }],
    [
      'skipPod',
      { ...ANN, namespace: 'default', name: 'web-1' },
      { action: 'skipPod', ...ANN, pod: { namespace: 'default', name: 'web-1' } },
    ],
    ['skipReplacements', { ...ANN, nodeName: 'node-1' }, { action: 'skipReplacements', ...ANN, nodeName: 'node-1' }],
    [
      'skipReplacements',
      { ...ANN, namespace: 'shop', name: 'web' },
      { action: 'skipReplacements', ...ANN, workload: { namespace: 'shop', name: 'web' } },
    ],
  ] as const)('takes over only what it knows of %s', (action, argument, message) => {
    expect(readSteering(action, argument)).toEqual(message);
  });
});

describe('judgeApproval', () => {
  const facts = { approval: 'beforeEviction', waiting: ['node-1', 'node-2'], approved: ['node-3'] } as const;

  it.each([
    ['every node that waits', facts, undefined, undefined],
    ['one of them', facts, 'node-2', undefined],
    ['one that was approved before', facts, 'node-3', undefined],
    ['again, when all were approved', { ...facts, waiting: [] }, undefined, undefined],
    ['another node', facts, 'node-4', 'node node-4 does not wait for an approval now, but node-1, node-2 does.'],
    ['when none waits', { ...facts, waiting: [], approved: [] }, undefined, /^no node waits for an approval now/],
    ['others than a dead node', { ...facts, dead: ['node-1'] }, undefined, undefined],
    [
      'a dead node, as if it waited for a step',
      { ...facts, dead: ['node-1'] },
      'node-1',
      /^node-1 waits for a confirmation .*`--machine-is-off node-1`/,
    ],
    [
      'only dead nodes, as if they waited for a step',
      { ...facts, approval: 'none', approved: [], dead: facts.waiting },
      undefined,
      /^node-1, node-2 wait for a confirmation that the machine is powered off/,
    ],
    [
      'when the request asks for none',
      { ...facts, waiting: [], approved: [], approval: 'none' },
      undefined,
      /^the request has `approval: none`/,
    ],
  ] as const)('%s', (_case, given, nodeName, refusal) => {
    const judged = judgeApproval(given, nodeName === undefined ? {} : { nodeName });
    if (refusal instanceof RegExp) expect(judged).toMatch(refusal);
    else expect(judged).toBe(refusal);
  });

  it.each([
    ['a dead node', { nodeName: 'node-1' }, undefined],
    ['no node', {}, 'name the node whose machine is powered off: {"nodeName": "…"}.'],
    [
      'a node that waits for a step',
      { nodeName: 'node-2' },
      'node node-2 does not wait now for a confirmation that its machine is powered off, but node-1 does.',
    ],
    [
      'a node that was approved before',
      { nodeName: 'node-3' },
      'node node-3 does not wait now for a confirmation that its machine is powered off, but node-1 does.',
    ],
  ] as const)('that a machine is off, names %s', (_which, scope, refusal) => {
    const given = { ...facts, dead: ['node-1'] };
    expect(judgeApproval(given, { ...scope, machineIsOff: true })).toBe(refusal);
  });
});

describe('judgePodSteering', () => {
  const pod = (state: SteeredPod['state'], uid = 'uid-1'): SteeredPod => ({
    namespace: 'default',
    name: 'web-1',
    uid,
    state,
  });
  const facts = (overrides: Partial<PodSteeringFacts> = {}): PodSteeringFacts => ({
    nodeName: 'node-1',
    isDraining: true,
    isPaused: false,
    pods: [pod('waiting')],
    ...overrides,
  });
  const WEB = { namespace: 'default', name: 'web-1' };

  it.each([
    ['a pod that waits', 'retryPod', WEB, facts(), 'uid-1'],
    ['a pod that is skipped', 'forcePod', WEB, facts({ pods: [pod('skipped')] }), 'uid-1'],
    [
      'the recreated pod of that name',
      'skipPod',
      WEB,
      facts({ pods: [pod('gone'), pod('waiting', 'uid-2')] }),
      'uid-2',
    ],
    ['a pod to skip while the run is paused', 'skipPod', WEB, facts({ isPaused: true }), 'uid-1'],
  ] as const)('accepts %s', (_case, action, wanted, given, uid) => {
    expect(judgePodSteering(action, wanted, given)).toMatchObject({ uid });
  });

  it.each([
    ['a node that is not being drained', WEB, facts({ isDraining: false }), 'evicts no pods now'],
    ['an unknown pod', { ...WEB, name: 'web-9' }, facts(), 'has no pod default/web-9'],
    ['another UID', { ...WEB, uid: 'uid-9' }, facts(), 'has UID uid-1'],
    ['a pod that is gone', WEB, facts({ pods: [pod('gone')] }), 'has left node node-1 already'],
    ['a run that is paused', WEB, facts({ isPaused: true }), 'the run is paused'],
  ] as const)('refuses %s', (_case, wanted, given, refusal) => {
    expect(judgePodSteering('forcePod', wanted, given)).toContain(refusal);
  });
});

describe('judgeReplacementSkip', () => {
  const workload = (name: string): ReplacedWorkload => ({
    namespace: 'shop',
    owner: owner('apps/v1', 'Deployment', name),
    readyBefore: 2,
  });
  const [web, api] = [workload('web'), workload('api')];
  const judge = (wanted: string | undefined, awaited: readonly ReplacedWorkload[], skipped: typeof awaited = []) =>
    judgeReplacementSkip(wanted === undefined ? undefined : { namespace: 'shop', name: wanted }, {
      nodeName: 'node-1',
      awaited,
      skipped,
    });

  it.each([
    ['all that are waited for', undefined, [web, api], [], [web, api]],
    ['one of them', 'api', [web, api], [], [api]],
    ['a repetition, without effect', 'api', [web], [api], []],
    ['a repetition after the wait', undefined, [], [web, api], []],
  ] as const)('accepts %s', (_case, wanted, awaited, skipped, ended) => {
    expect(judge(wanted, awaited, skipped)).toEqual(ended);
  });

  it.each([
    ['nothing is waited for', undefined, [], /^node node-1 does not wait for replacements now/],
    ['the node does not wait for it', 'db', [web], /workload shop\/db, but for Deployment shop\/web\.$/],
  ] as const)('refuses when %s', (_case, wanted, awaited, refusal) => {
    expect(judge(wanted, awaited)).toMatch(refusal);
  });
});

describe('findNodeOfReplacements', () => {
  it.each([
    ['the named node', 'node-2', ['node-1', 'node-2'], { nodeName: 'node-2' }],
    ['the only one that runs', undefined, ['node-1'], { nodeName: 'node-1' }],
    ['none, when none runs', 'node-1', [], 'no node of this task waits for replacements now.'],
    [
      'none, when another one is named',
      'node-3',
      ['node-1'],
      'node node-3 is not being decommissioned now; running: node-1.',
    ],
    ['none, when several run', undefined, ['node-1', 'node-2'], expect.stringContaining('Name the one that waits')],
  ] as const)('finds %s', (_case, nodeName, running, found) => {
    expect(findNodeOfReplacements(nodeName, running)).toEqual(found);
  });
});

describe('findNodeOfPod', () => {
  const WEB = { namespace: 'default', name: 'web-1' };
  const planned = [
    { nodeName: 'node-1', pods: [] },
    { nodeName: 'node-2', pods: [WEB] },
  ];
  const running = ['node-1', 'node-2'];

  it.each([
    ['the named node', { pod: WEB, nodeName: 'node-1' }, { running, planned }, 'node-1'],
    ['the node that the plan has it on', { pod: WEB }, { running, planned }, 'node-2'],
    ['the only node that runs', { pod: WEB }, { running: ['node-1'], planned }, 'node-1'],
  ] as const)('%s', (_case, message, places, nodeName) => {
    expect(findNodeOfPod(message, places)).toEqual({ nodeName });
  });

  it.each([
    ['no node runs', { pod: WEB }, { running: [], planned }, 'no node of this task evicts pods now'],
    ['the named one does not', { pod: WEB, nodeName: 'node-3' }, { running, planned }, 'not being decommissioned now'],
    ['the plan lists no pods', { pod: WEB }, { running, planned: [] }, 'Name it'],
  ] as const)('refuses when %s', (_case, message, places, refusal) => {
    expect(findNodeOfPod(message, places)).toContain(refusal);
  });
});
