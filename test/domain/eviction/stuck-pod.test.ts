import { describe, expect, it } from '@jest/globals';
import type { NodeFacts, PodFacts } from '../../../src/domain/cluster/facts.ts';
import { judgeEviction } from '../../../src/domain/eviction/judge-eviction.ts';
import {
  describeBlock,
  describeTermination,
  findAdmissionName,
  toStuckRemedy,
  type StuckPod,
} from '../../../src/domain/eviction/stuck-pod.ts';
import { budget } from '../../builders/budget.ts';
import { node } from '../../builders/node.ts';
import { pod } from '../../builders/pod.ts';

const END = '2026-01-02T03:04:05Z';
const terminating = (overrides: Partial<PodFacts> = {}): PodFacts => pod({ deletionTimestamp: END, ...overrides });
const silent = node({ ready: false, notReadySince: '2026-01-02T03:00:00Z' });

describe('describeTermination', () => {
  const cases: [
    name: string,
    pod: PodFacts,
    isLate: boolean,
    node: NodeFacts | undefined,
    message: RegExp,
    stuck: StuckPod | undefined,
  ][] = [
    [
      'within its grace period',
      terminating(),
      false,
      node(),
      /^terminating, grace period ends 2026-01-02T03:04:05Z$/,
      undefined,
    ],
    [
      'with a preStop hook',
      terminating({ preStopContainers: ['web'] }),
      false,
      node(),
      /; preStop hook of container web may use all of it$/,
      { cause: 'preStop', subject: 'web' },
    ],
    [
      'with finalizers, while its containers run',
      terminating({ finalizers: ['x/hold'] }),
      false,
      node(),
      /grace period/,
      undefined,
    ],
    [
      'with finalizers, after its containers',
      terminating({ finalizers: ['x/hold', 'y/hold'], containersEnded: true }),
      false,
      node(),
      /^terminating, held by finalizers x\/hold, y\/hold$/,
      { cause: 'finalizer', subject: 'x/hold, y/hold' },
    ],
    [
      'with volumes, after its containers',
      terminating({ containersEnded: true, persistentVolumeClaims: ['data'] }),
      false,
      node(),
      /the kubelet still unmounts the volumes of data$/,
      { cause: 'volume', subject: 'data' },
    ],
    [
      'without volumes, just after its containers',
      terminating({ containersEnded: true }),
      false,
      node(),
      /grace period/,
      undefined,
    ],
    [
      'whose containers outlast the grace period',
      terminating(),
      true,
      node(),
      /grace period ended at 2026-01-02T03:04:05Z, but containers still run$/,
      { cause: 'container', subject: 'node-1' },
    ],
    [
      'on a node that is not Ready',
      terminating({ finalizers: ['x/hold'] }),
      true,
      silent,
      /its node is not Ready since 2026-01-02T03:00:00Z, so no kubelet confirms its end$/,
      { cause: 'kubelet', subject: 'node-1' },
    ],
    ['on such a node, within its grace period', terminating(), false, silent, /grace period ends/, undefined],
    [
      'on an unknown node',
      terminating({ containersEnded: true }),
      true,
      undefined,
      /still unmounts its volumes$/,
      { cause: 'volume', subject: '' },
    ],
  ];
  it.each(cases)('%s', (_name, each, isLate, on, message, stuck) => {
    const wait = describeTermination(each, on, isLate);
    expect(wait.message).toMatch(message);
    expect(wait.stuck).toEqual(stuck);
  });
});

describe('describeBlock', () => {
  const blocks: [name: string, budgets: Parameters<typeof judgeEviction>[1], stuck: StuckPod | undefined][] = [
    ['a budget that allows none', [budget({ disruptionsAllowed: 0 })], { cause: 'budget', subject: 'default/web-pdb' }],
    [
      'two budgets',
      [budget(), budget({ name: 'other' })],
      { cause: 'twoBudgets', subject: 'default/other, default/web-pdb' },
    ],
    [
      'G12: a budget that cannot be computed',
      [budget({ syncFailure: 'no scale' })],
      { cause: 'uncountableBudget', subject: 'default/web-pdb' },
    ],
    ['a budget that is not processed yet', [budget({ generation: 2, observedGeneration: 1 })], undefined],
  ];
  it.each(blocks)('%s', (_name, budgets, stuck) => {
    const judgement = judgeEviction(pod(), budgets);
    if (judgement.kind === 'goNow') throw new Error('the eviction is allowed');
    expect(describeBlock(judgement)).toEqual({ message: judgement.message, ...(stuck === undefined ? {} : { stuck }) });
  });
});

describe('findAdmissionName', () => {
  it.each([
    ['admission webhook "pods.example.com" denied the request: ask first', 'pods.example.com'],
    ['Internal error occurred: failed calling webhook "slow.example.com": deadline exceeded', 'slow.example.com'],
    ["pods \"a\" is forbidden: ValidatingAdmissionPolicy 'keep' with binding 'keep' denied request: no", 'keep'],
    ['etcdserver: request timed out', undefined],
  ])('%s', (message, name) => {
    expect(findAdmissionName(message)).toBe(name);
  });
});

describe('toStuckRemedy', () => {
  it.each([
    [
      { cause: 'twoBudgets', subject: 'a/x, a/y' },
      /^Ask the owners of these budgets to remove all but one: a\/x, a\/y\.$/,
    ],
    [
      { cause: 'ownerLimit', subject: 'Deployment shop/web' },
      /^Make the pods of Deployment shop\/web Ready, or set a higher maxUnavailable/,
    ],
    [{ cause: 'uncountableBudget', subject: 'a/x' }, /a minAvailable that is a number/],
    [{ cause: 'webhook', subject: 'pods.example.com' }, /^Ask the owner of webhook or policy pods\.example\.com\.$/],
    [{ cause: 'webhook', subject: '' }, /^Ask the owner of the webhook\.$/],
    [{ cause: 'namespace', subject: 'shop' }, /kubectl get namespace shop -o yaml/],
    [{ cause: 'job', subject: 'Job/report' }, /^Raise timeoutSeconds, or set jobs: evict,/],
    [{ cause: 'preStop', subject: 'web' }, /preStop hook of container web/],
    [{ cause: 'kubelet', subject: 'node-1' }, /kubectl taint nodes node-1 node\.kubernetes\.io\/out-of-service=/],
    [{ cause: 'finalizer', subject: 'x/hold' }, /A higher timeoutSeconds does not help\.$/],
    [{ cause: 'volume', subject: 'data' }, /the driver of its volumes/],
    [{ cause: 'container', subject: 'node-1' }, /cannot be killed\.$/],
    [undefined, /^Fix what blocks it, or raise timeoutSeconds\.$/],
  ] as [StuckPod | undefined, RegExp][])('%j', (stuck, remedy) => {
    expect(toStuckRemedy(stuck)).toMatch(remedy);
  });
});
