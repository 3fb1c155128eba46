import { describe, expect, it } from '@jest/globals';
import type { PodFacts } from '../../../src/domain/cluster/facts.ts';
import type { DrainEstimate } from '../../../src/domain/estimate/drain-estimate.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { drainEstimate, drainFacts, estimatesOf, webBudget, webPods } from '../../builders/drain-facts.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, selector, workload, workloadIndex } from '../../builders/workload.ts';

const critical = { priority: 2_000_000_000, controller: owner('apps/v1', 'ReplicaSet', 'web-1') };
const single = workloadIndex(replicaSet({ replicas: 1 }), workload({ replicas: 1 }));
const statefulSet = workloadIndex(workload({ kind: 'StatefulSet', name: 'db', replicas: 10 }));
const dbPods = (count: number): readonly PodFacts[] =>
  webPods(count, { controller: owner('apps/v1', 'StatefulSet', 'db') });
const job = workloadIndex(countlessWorkload('batch/v1', 'Job', 'report'));
const jobPods = webPods(1, { controller: owner('batch/v1', 'Job', 'report') });
const unseen = (count: number): readonly PodFacts[] =>
  webPods(count).map(({ secondsToReady: _seconds, ...facts }) => facts);
const webPdb = [webBudget(2)];
/** Its pods are those on other nodes, so that no budget selects the others, and none is created for them. */
const stablePdb = [webBudget(2, { name: 'stable', selector: selector({ app: 'web', track: 'stable' }) })];
const stablePods = (count: number, overrides: Partial<PodFacts> = {}): readonly PodFacts[] =>
  webPods(count, { nodeName: 'node-2', labels: { app: 'web', track: 'stable' }, ...overrides });

const estimateOf = (
  facts: Partial<PreflightFacts>,
  request: Partial<DecommissionRequest> = {},
): DrainEstimate | undefined => estimatesOf(drainFacts(facts, request))['node-1'];

describe('estimateDrains', () => {
  it('names the budget, the workload, the rounds and the time of a round', () => {
    expect(estimateOf({ pods: webPods(5), budgets: webPdb })).toEqual(drainEstimate());
  });

  interface Row {
    readonly name: string;
    readonly facts: Partial<PreflightFacts>;
    readonly request?: Partial<DecommissionRequest>;
    /** Likely, longest. */
    readonly seconds: readonly [number, number];
  }

  it.each<Row>([
    {
      name: 'pods without a budget end at once, or use their grace period',
      facts: { pods: [barePod({ terminationGracePeriodSeconds: 90 })] },
      request: { force: true },
      seconds: [0, 90],
    },
    { name: 'all at once if the budget allows it', facts: { pods: webPods(2), budgets: webPdb }, seconds: [0, 30] },
    { name: 'one more needs a second round', facts: { pods: webPods(3), budgets: webPdb }, seconds: [40, 70] },
    {
      name: 'a budget that the run creates delays too',
      facts: { pods: [...webPods(5), ...webPods(5, { nodeName: 'node-3' })] },
      request: { maxUnavailable: 1, maxUnavailableGiven: true },
      seconds: [160, 190],
    },
    {
      name: 'a round lasts as long as the median, at most as long as the slowest pod of the workload',
      facts: {
        pods: [
          ...webPods(3),
          pod({ name: 'slow', nodeName: 'node-2', secondsToReady: 100 }),
          pod({ name: 'flapped', nodeName: 'node-2', secondsToReady: 7200 }),
        ],
        budgets: [webBudget(1)],
      },
      seconds: [80, 230],
    },
    {
      name: 'a StatefulSet replaces a pod only after it is gone',
      facts: { pods: dbPods(3), workloads: statefulSet, budgets: [webBudget(1)] },
      seconds: [80, 170],
    },
    {
      name: 'the grace period of the request replaces that of each pod',
      facts: { pods: webPods(2), budgets: webPdb },
      request: { gracePeriodSeconds: 5 },
      seconds: [0, 5],
    },
    {
      name: 'a pod that is already terminating has its own grace period',
      facts: { pods: [pod({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 60 })] },
      seconds: [0, 60],
    },
    { name: 'finished pods end at once', facts: { pods: [pod({ phase: 'Succeeded' })] }, seconds: [0, 0] },
    {
      name: 'system-critical pods follow when all others are gone',
      facts: { pods: [...webPods(3), pod({ name: 'dns', labels: {}, ...critical })], budgets: webPdb },
      seconds: [40, 100],
    },
    {
      name: 'a budget that allows none now allows them when its pods that are not Ready become Ready',
      facts: {
        pods: webPods(2),
        budgets: [webBudget(2, { disruptionsAllowed: 0, currentHealthy: 8 })],
      },
      seconds: [40, 70],
    },
    {
      name: 'pods that are not Ready are not charged if the budget allows it',
      facts: {
        pods: webPods(5, { ready: false }),
        budgets: [webBudget(1, { unhealthyPodEvictionPolicy: 'AlwaysAllow' })],
      },
      seconds: [0, 30],
    },
    {
      name: 'pods that no budget selects leave as `maxUnavailable` of their owner allows',
      facts: { pods: [...webPods(5), ...stablePods(5)], budgets: stablePdb },
      request: { maxUnavailable: '20%' },
      seconds: [80, 110],
    },
    {
      name: 'the limit waits for pods elsewhere that are not Ready',
      facts: {
        pods: [...webPods(2), ...stablePods(6), ...stablePods(2, { ready: false, nodeName: 'node-3' })],
        budgets: stablePdb,
      },
      request: { maxUnavailable: 2, maxUnavailableGiven: true },
      seconds: [40, 70],
    },
    {
      name: 'pods that are not Ready are not limited',
      facts: { pods: [...webPods(5, { ready: false }), ...stablePods(5)], budgets: stablePdb },
      request: { maxUnavailable: 1, maxUnavailableGiven: true },
      seconds: [0, 30],
    },
    {
      name: 'no workload is limited when the request rules out budgets',
      facts: { pods: [...webPods(5), ...stablePods(5)], budgets: stablePdb },
      request: { maxUnavailable: 1, maxUnavailableGiven: true, replicaSets: [], statefulSets: [], cloneSets: [] },
      seconds: [0, 30],
    },
    {
      name: 'a second replica that comes first becomes Ready before its pod ends, whatever budget and request allow',
      facts: { pods: webPods(1), workloads: single, budgets: [webBudget(0)] },
      request: { singleReplica: 'surge', gracePeriodSeconds: 5 },
      seconds: [40, 70],
    },
  ])('$name', ({ facts, request, seconds }) => {
    const estimate = estimateOf(facts, request);
    expect([estimate?.likelySeconds, estimate?.longestSeconds]).toEqual(seconds);
  });

  it.each<Omit<Row, 'seconds'> & { readonly unknown: readonly string[] }>([
    {
      name: 'no pod of a workload in several rounds shows how long it needs',
      facts: { pods: unseen(3), budgets: webPdb },
      unknown: [
        'its budget waits for replacements, and no pod of default/Deployment/web shows how long one needs to become Ready',
      ],
    },
    {
      name: 'no pod of a workload that is limited shows how long it needs',
      facts: {
        pods: [
          ...unseen(3),
          ...unseen(7).map((each) => ({
            ...each,
            name: `${each.name}-2`,
            nodeName: 'node-2',
            uid: `${each.uid}-2`,
            labels: { app: 'web', track: 'stable' },
          })),
        ],
        budgets: stablePdb,
      },
      request: { maxUnavailable: 1, maxUnavailableGiven: true },
      unknown: [
        'maxUnavailable waits for replacements, and no pod of default/Deployment/web shows how long one needs to become Ready',
      ],
    },
    {
      name: 'the budget never allows an eviction',
      facts: { pods: webPods(3), budgets: [webBudget(0)] },
      unknown: ['budget default/web-pdb never allows an eviction'],
    },
    {
      name: 'the disruption controller has not processed the budget',
      facts: { pods: webPods(3), budgets: [webBudget(0, { observedGeneration: 0, desiredHealthy: 0 })] },
      unknown: ['the disruption controller has not processed budget default/web-pdb yet'],
    },
    {
      name: 'two budgets cover a pod',
      facts: { pods: webPods(1), budgets: [webBudget(2), webBudget(2, { name: 'all', selector: selector({}) })] },
      unknown: ['more than one budget covers the pods of default/Deployment/web'],
    },
    {
      name: 'bare pods use up the budget',
      facts: { pods: ['a', 'b', 'c'].map((name) => barePod({ name, labels: { app: 'web' } })), budgets: webPdb },
      unknown: ['a', 'b', 'c'].map(
        (name) => `default/pod ${name} is not recreated, so its budget waits for a Ready pod of another owner`,
      ),
    },
    {
      name: 'no pod shows how long a second replica needs, which comes first',
      facts: { pods: unseen(1), workloads: single },
      request: { singleReplica: 'surge' },
      unknown: [
        'a second replica comes first, and no pod of default/Deployment/web shows how long one needs to become Ready',
      ],
    },
    {
      name: 'a Job is waited for, whatever budget covers its pod',
      facts: { pods: jobPods, workloads: job, budgets: [webBudget(0)] },
      request: { jobs: 'waitForCompletion' },
      unknown: ['it waits for default/Job/report, and nothing shows how long that runs'],
    },
  ])('is unknown when $name', ({ facts, request, unknown }) => {
    const estimate = estimateOf(facts, { force: true, ...request });
    expect(estimate).toMatchObject({ unknown });
    expect(estimate).not.toHaveProperty('likelySeconds');
    expect(estimate).not.toHaveProperty('longestSeconds');
  });

  it('needs no time to Ready when one round is enough', () => {
    expect(estimateOf({ pods: unseen(2), budgets: webPdb })).toMatchObject({ likelySeconds: 0, unknown: [] });
  });

  it('names the workloads that get a second replica first', () => {
    const estimate = estimateOf({ pods: webPods(1), workloads: single }, { singleReplica: 'surge' });
    expect(estimate).toMatchObject({ turns: [], replacedFirst: ['default/Deployment/web'] });
  });

  it('names the workload that is limited, and no budget', () => {
    const pods = [...webPods(5), ...stablePods(5)];
    expect(estimateOf({ pods, budgets: stablePdb }, { maxUnavailable: '20%' })?.turns).toEqual([
      {
        workloads: ['default/Deployment/web'],
        evictions: 5,
        atOnce: 2,
        rounds: 3,
        recovery: { likelySeconds: 40, longestSeconds: 40 },
      },
    ]);
  });

  it('has no estimate for a node without pods that leave, and none when preflight is skipped', () => {
    expect(estimatesOf(drainFacts({ pods: [] }))).toEqual({});
    expect(estimatesOf(drainFacts({ pods: webPods(5) }, { preflight: 'skip' }))).toEqual({});
  });

  it.each([
    ['has recovered, likely, while the first Node was deleted', true, [0, 40]],
    ['still waits for replacements of the first node if Nodes are not deleted', false, [40, 40]],
  ])('a budget of two nodes %s', (_name, deleteNode, seconds) => {
    const pods = [...webPods(2), ...webPods(2, { nodeName: 'node-2' })];
    const facts = drainFacts({ pods, budgets: webPdb }, { nodeNames: ['node-1', 'node-2'], deleteNode });
    const { 'node-2': second } = estimatesOf(facts);
    expect([second?.likelySeconds, second?.longestSeconds]).toEqual(seconds);
    expect(second?.turns).toMatchObject([{ budget: 'default/web-pdb', evictions: 2, atOnce: 2, rounds: 1 }]);
  });
});
