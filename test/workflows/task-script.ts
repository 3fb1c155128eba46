import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities/index.ts';
import { checkRequest } from '../../src/activities/plan/check-request.ts';
import type { TurnRequest } from '../../src/activities/turns/turn-desk.ts';
import type { Machine } from '../../src/domain/machine/machine.ts';
import type { PodPlan } from '../../src/domain/plan/decommission-plan.ts';
import type { DecommissionReport, UndoReport } from '../../src/domain/run/report.ts';
import type { EvictionTarget } from '../../src/domain/run/context.ts';
import type { SearchAttributeName } from '../../src/domain/run/search-attributes.ts';
import { toLeftoverList } from '../../src/domain/janitor/leftover-list.ts';
import { FailureType } from '../../src/domain/run/failures.ts';
import { clusterAddress } from '../builders/cluster-address.ts';
import { hostReport } from '../builders/decommission-report.ts';
import { scriptedPlan } from './scripted-plan.ts';
import { beatUntil } from './beat-until.ts';

export type ActivityName = keyof Activities;

/** An activity that waits: `reached` resolves when it runs, and it continues after `release`. */
export interface Held {
  readonly reached: Promise<void>;
  readonly release: () => void;
}

const undone = (action: string): UndoReport => ({ action, status: 'Undone', message: '' });

/** A failure as activities throw it: typed, and not retryable by default. */
export const failure = (type: string, message = `fails as ${type}`, nonRetryable = true): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable });

/** An eviction target; all fields derive from its name. */
export const target = (name: string, overrides: Partial<EvictionTarget> = {}): EvictionTarget => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  workloadUid: 'uid-web',
  workload: 'Deployment/web',
  ...overrides,
});

/**
 * The activities of one task in a test, with a cluster of its own: everything succeeds unless the test wraps an activity.
 * The type `Activities` is the production one, so a new activity does not compile before it is scripted here.
 */
export class TaskScript {
  /** Unique in its test file: workflow ids contain it. */
  readonly cluster: string;
  /** Every call in order, e.g. `cordonNode node-1`. */
  readonly calls: string[] = [];
  /** Registered in the namespace. */
  searchAttributes: readonly SearchAttributeName[] = [];
  /** Whether a worker serves its cluster. */
  isServed = true;
  /** By node name: the remaining pods. */
  readonly pods = new Map<string, EvictionTarget[]>();
  /** Nodes whose host preflight could not check. */
  readonly hostless = new Set<string>();
  /** By node name: the pods in the plan. */
  readonly plannedPods = new Map<string, readonly PodPlan[]>();
  /** By node name: its zone in the plan. */
  readonly zones = new Map<string, string>();
  /** Seconds; waits that a test does not need are short. */
  waits = {
    settleSeconds: 0.02,
    emptyTwiceSeconds: 0.02,
    staysGoneSeconds: 0.02,
    detachSeconds: 60,
    budgetObservedSeconds: 60,
    hostPatienceSeconds: 3600,
  };
  /** By node name: the machine that its Node names. */
  readonly machines = new Map<string, Machine>();
  /** The worker has a hook that ends machines. */
  endsMachines = false;
  /** The cluster has a limit over all its tasks. */
  takesTurns = false;
  /** The worker has a place for reports. */
  storesReports = false;
  readonly activities: Activities;
  readonly #held: Gate[] = [];

  constructor(cluster: string) {
    this.cluster = cluster;
    this.activities = this.#createActivities();
  }

  /** Replaces an activity; the wrapper may call the previous one. */
  wrap<Name extends ActivityName>(name: Name, wrapper: (standard: Activities[Name]) => Activities[Name]): this {
    this.activities[name] = wrapper(this.activities[name]);
    return this;
  }

  /** The activity (for this subject) throws this, always or the given number of times. */
  fail(name: ActivityName, error: Error, times = Number.POSITIVE_INFINITY, wanted?: string): this {
    let left = times;
    return this.#before(name, (subject) => {
      if (wanted !== undefined && wanted !== subject) return;
      left -= 1;
      if (left >= 0) throw error;
    });
  }

  /** The first call (for this subject) waits for `release`, even if it is cancelled. */
  hold(name: ActivityName, subject?: string): Held {
    return this.#hold(name, subject, (released) => released);
  }

  /** The same, but it heartbeats and ends when cancelled, as the waiting activities do. */
  holdUntilCancelled(name: ActivityName, subject?: string): Held {
    return this.#hold(name, subject, (released) => beatUntil(Promise.race([released, Context.current().cancelled])));
  }

  /** `release`: called by `releaseAll`. */
  onReleaseAll(release: () => void): void {
    this.#held.push({ opened: Promise.resolve(), open: release });
  }

  /** Releases all held calls: a failed test must not block the shutdown of the worker. */
  releaseAll(): void {
    for (const gate of this.#held) gate.open();
  }

  /** Calls of these activities, in order. */
  callsOf(...names: readonly ActivityName[]): readonly string[] {
    return this.calls.filter((call) => (names as readonly string[]).includes(call.split(' ')[0] ?? ''));
  }

  /** Calls except those that only read. */
  get changes(): readonly string[] {
    const reads: readonly ActivityName[] = [
      'acceptRequest',
      'planTask',
      'repeatPreflight',
      'judgeWindows',
      'readDrainState',
      // Writes nothing on a node without DaemonSet pods.
      'markNodeLeaving',
      // Writes nothing on a node that another client has excluded.
      'excludeFromBalancers',
      'confirmDrained',
      'proveHost',
      'verifyHost',
      'withdrawHostStages',
      'awaitReplacements',
      'awaitVolumesUnmounted',
      'awaitVolumesDetached',
      'awaitNodeStaysGone',
      'readReturnedNodes',
      'readNodePresence',
      'awaitNodeWorkflow',
      'listLeftovers',
    ];
    return this.calls.filter((call) => !(reads as readonly string[]).includes(call.split(' ')[0] ?? ''));
  }

  #before(name: ActivityName, before: (subject: string) => Promise<void> | void): this {
    const wrapAny = this.wrap.bind(this) as (
      name: ActivityName,
      wrapper: (standard: AnyActivity) => AnyActivity,
    ) => this;
    return wrapAny(name, (standard) => async (...args) => {
      await before(toSubject(name, args));
      return await standard(...args);
    });
  }

  #hold(name: ActivityName, wanted: string | undefined, wait: (released: Promise<void>) => Promise<void>): Held {
    const reached = createGate();
    const released = createGate();
    this.#held.push(released);
    let isTaken = false;
    this.#before(name, async (subject) => {
      if (isTaken || (wanted !== undefined && wanted !== subject)) return;
      isTaken = true;
      reached.open();
      await wait(released.opened);
    });
    return {
      reached: reached.opened,
      release: () => {
        released.open();
      },
    };
  }

  #createActivities(): Activities {
    return {
      checkRequest: (input, oneNodeOnly) =>
        checkRequest(input, oneNodeOnly).catch((error: unknown) => {
          throw failure(FailureType.InvalidInput, (error as Error).message);
        }),
      acceptRequest: ({ request, fingerprint }, starter) => {
        const holder = {
          temporalNamespaceId: 'namespace-1',
          temporalNamespace: 'default',
          workflowId: starter.workflowId,
          firstExecutionRunId: starter.firstExecutionRunId,
          taskId: request.taskId,
          since: '2026-01-02T03:04:05.000Z',
          ...(this.takesTurns ? { takesTurns: true as const } : {}),
        };
        const clusterIdentity = { kubeSystemUid: 'uid-kube-system', caHashes: ['ca-1'] };
        const context = { taskId: request.taskId, cluster: request.cluster, clusterIdentity, holder };
        const { waits, searchAttributes } = this;
        return Promise.resolve({
          request,
          fingerprint,
          waits,
          context,
          clusterAddress: clusterAddress(),
          searchAttributes,
          ...(this.storesReports ? { storesReports: true } : {}),
          ...(this.endsMachines ? { endsMachines: true } : {}),
        });
      },
      planTask: (context, request) =>
        Promise.resolve(scriptedPlan(context.taskId, context.cluster, request.nodeNames, this)),
      repeatPreflight: (_context, _request, targets) =>
        Promise.resolve(targets.map(({ nodeName }) => ({ nodeName, refusals: [], warnings: [] }))),
      judgeWindows: () => Promise.resolve({ isOpen: true, changesAt: Date.now() + 3_600_000 }),
      acquireNodeLock: () => Promise.resolve(),
      takeTurns: (_context, { targets }) =>
        Promise.resolve({ taken: targets.map(({ nodeName }) => nodeName), waits: '' }),
      leaveTurn: () => Promise.resolve(),
      releaseNodeLock: (_context, { nodeName }) => Promise.resolve(undone(`release the lock on node ${nodeName}`)),
      protectWorkloads: () =>
        Promise.resolve({ plans: [], created: [{ namespace: 'default', name: 'web-pdb', uid: 'uid-web-pdb' }] }),
      releaseBudgets: (_context, created) =>
        Promise.resolve(created.map(({ namespace, name }) => undone(`delete budget ${namespace}/${name}`))),
      cordonNode: () =>
        Promise.resolve({ earlier: { unschedulable: false, annotations: { 'node-decommission.io/task': null } } }),
      uncordonNode: (_context, { nodeName }) => Promise.resolve(undone(`uncordon node ${nodeName}`)),
      markNodeWaiting: () => Promise.resolve(),
      releaseWaitingNode: (_context, { nodeName }) =>
        Promise.resolve(undone(`remove the taint of a waiting node from node ${nodeName}`)),
      releaseNodeKeepingCordon: (_context, { nodeName }) =>
        Promise.resolve(undone(`remove this task's annotations from node ${nodeName}`)),
      readDrainState: (_context, _request, { nodeName }) =>
        Promise.resolve({ targets: [...(this.pods.get(nodeName) ?? [])], refusals: [], stayingCount: 0 }),
      markNodeLeaving: () => Promise.resolve([]),
      excludeFromBalancers: () => Promise.resolve(false),
      evictPod: (_context, { node, pod }) => {
        const left = (this.pods.get(node.nodeName) ?? []).filter(({ uid }) => uid !== pod.uid);
        this.pods.set(node.nodeName, left);
        const at = '2026-01-02T03:04:06.000Z';
        return Promise.resolve({ outcome: 'Evicted', evictedAt: at, goneAt: at, attempts: 1 });
      },
      markOutOfService: () => Promise.resolve(true),
      deletePod: () => Promise.resolve(),
      surgePod: () => Promise.resolve({ isRemoved: true, note: 'a second replica was available first' }),
      releaseSurges: () => Promise.resolve([undone('scale Deployment default/web back to one replica')]),
      awaitReplacements: () => Promise.resolve([]),
      awaitVolumesDetached: () => Promise.resolve({ stayingCount: 0 }),
      awaitVolumesUnmounted: () => Promise.resolve(),
      proveHost: () => Promise.resolve('machine ID, kubelet certificate and cluster CA'),
      runHostStage: (_context, stage) => Promise.resolve(`${stage} done`),
      withdrawHostStages: () => Promise.resolve({ kind: 'Touched' }),
      verifyHost: () => Promise.resolve(hostReport()),
      confirmDrained: () => Promise.resolve(),
      deleteNode: () => Promise.resolve({ notes: [] }),
      awaitNodeStaysGone: () => Promise.resolve({ notes: [] }),
      readReturnedNodes: () => Promise.resolve([]),
      readNodePresence: () => Promise.resolve('there'),
      markPointOfNoReturn: (_context, { nodeName }) => {
        const machine = this.machines.get(nodeName);
        return Promise.resolve(machine === undefined ? {} : { machine });
      },
      endMachine: () => Promise.resolve({ kind: 'Ended', answer: 'terminating', notes: [] }),
      clearPointOfNoReturn: () => Promise.resolve(),
      awaitNodeWorkflow: () => Promise.resolve({ kind: 'foreign' }),
      storeReport: () => Promise.resolve(),
      listLeftovers: ({ cluster }) => Promise.resolve(toLeftoverList(cluster, [], [])),
    };
  }
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

const createGate = (): Gate => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    opened,
    open: () => {
      open();
    },
  };
};

type AnyActivity = (...args: readonly unknown[]) => Promise<unknown>;

const toStage = (stage: string, { round = 0 }: { readonly round?: number }): string =>
  round === 0 ? stage : `${stage}, round ${round}`;

/** Their second argument is the request. */
const WITH_REQUEST: readonly ActivityName[] = [
  'confirmDrained',
  'markNodeLeaving',
  'markOutOfService',
  'readDrainState',
  'awaitVolumesDetached',
  'awaitVolumesUnmounted',
  'proveHost',
];

/** Of a whole task or cluster. */
const WITHOUT_SUBJECT: readonly ActivityName[] = [
  'checkRequest',
  'acceptRequest',
  'planTask',
  'releaseBudgets',
  'releaseSurges',
  'judgeWindows',
  'listLeftovers',
];

/** Which argument is a list of nodes, or a report. */
const WITH_NODES: { readonly [Name in ActivityName]?: number } = {
  readReturnedNodes: 1,
  storeReport: 1,
  repeatPreflight: 2,
  takeTurns: 1,
};

const toNodeNames = (value: unknown): readonly string[] => {
  const { nodes: reports, targets } = value as Partial<DecommissionReport & TurnRequest>;
  const nodes = reports ?? targets ?? (value as readonly { nodeName: string }[]);
  return nodes.map(({ nodeName }) => nodeName);
};

/** The subject of a call: a node, a pod, or several nodes. */
export const toSubject = (name: ActivityName, args: readonly unknown[]): string => {
  if (WITHOUT_SUBJECT.includes(name)) return '';
  if (name === 'runHostStage') return toStage(args[1] as string, args[2] as { readonly round?: number });
  if (name === 'protectWorkloads') return (args[2] as readonly string[]).join(',');
  const nodesAt = WITH_NODES[name];
  if (nodesAt !== undefined) return toNodeNames(args[nodesAt]).join(',');
  const { nodeName, node, pod, target } = args[WITH_REQUEST.includes(name) ? 2 : 1] as {
    nodeName?: string;
    node?: { nodeName: string };
    pod?: { name: string };
    target?: { nodeName: string };
  };
  return [pod?.name, nodeName, node?.nodeName, target?.nodeName].find((each) => each !== undefined) ?? '';
};
