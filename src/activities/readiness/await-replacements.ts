import { Context } from '@temporalio/activity';
import pMap from 'p-map';
import type { PodFacts, WorkloadFacts } from '../../domain/cluster/facts.ts';
import type { ReplacementEnd } from '../../domain/replacements/describe-replacements.ts';
import { judgeReplacements, type ReplacementState } from '../../domain/replacements/judge-replacements.ts';
import { toReplacedName, type ReplacedWorkload } from '../../domain/replacements/replaced-workload.ts';
import type { TaskContext } from '../../domain/run/context.ts';
import { DecommissionFailure, FailureType } from '../../domain/run/failures.ts';
import { toShortList } from '../../domain/text/counts.ts';
import { joinSentences } from '../../domain/text/join-sentences.ts';
import type { Cluster } from '../../ports/cluster.ts';
import type { ActivityDependencies } from '../support/activity-dependencies.ts';
import { ChangeSignal } from '../support/change-signal.ts';
import { openProvenCluster, openVerifiedCluster } from '../support/open-verified-cluster.ts';
import { readOwner } from '../support/read-workload-index.ts';
import { beat } from '../support/with-heartbeat.ts';
import { ReplacementWatch } from './replacement-watch.ts';

export interface AwaitReplacementsInput {
  /** Which the pods have left. */
  readonly nodeName: string;
  readonly workloads: readonly ReplacedWorkload[];
  /** That an operator does not want to wait for: read once, for the report; absent: none. */
  readonly skipped?: readonly ReplacedWorkload[];
  /** Milliseconds since the epoch: when a wait began that was interrupted; absent: it begins now. */
  readonly since?: number;
  /** Milliseconds since the epoch; in the past: checked once; absent: no deadline. */
  readonly deadlineAt?: number;
  /** At the deadline the wait ends without a failure. */
  readonly endsAtDeadline: boolean;
}

const MAX_CONCURRENT_READS = 10;
/** The others are watched when these are replaced. */
const MAX_WATCHES = 20;
/** Whether a workload was scaled down or deleted does not show in its pods. */
const READ_AGAIN_MILLISECONDS = 30_000;
const MAX_SHOWN = 4;

/**
 * Waits until each workload has as many Ready pods off this node as `judgeReplacements` wants. One GET and one LIST of each; those that are
 * not replaced yet, nor skipped, are watched. Reads only, heartbeats: an attempt after the loss of a worker begins again.
 *
 * @throws DecommissionFailure `DrainTimeout`, not retryable: some were not replaced at the deadline.
 * @throws DecommissionFailure `ClusterMismatch`, retryable: see `openVerifiedCluster`.
 * @throws ClusterFailure
 * @throws CancelledFailure
 */
export const awaitReplacements =
  (dependencies: ActivityDependencies) =>
  async (context: TaskContext, input: AwaitReplacementsInput): Promise<readonly ReplacementEnd[]> => {
    const cluster = await openProvenCluster(dependencies, context);
    const prove = async (): Promise<void> => {
      await openVerifiedCluster(dependencies, context);
    };
    const wait = new ReplacementWait({ cluster, prove, now: dependencies.now }, input);
    try {
      await wait.readFirst();
      return await wait.followToEnd();
    } finally {
      wait.stop();
    }
  };

interface Followed {
  readonly replaced: ReplacedWorkload;
  workload: WorkloadFacts | undefined;
  state: ReplacementState;
  watch?: ReplacementWatch;
}

interface Surroundings {
  readonly cluster: Cluster;
  /** Verifies the cluster now: a workload that is gone is not waited for. */
  readonly prove: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

class ReplacementWait {
  readonly #cluster: Cluster;
  readonly #prove: () => Promise<void>;
  readonly #input: AwaitReplacementsInput;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #ends = new Map<string, ReplacementEnd>();
  #pending: readonly Followed[] = [];
  #readAt: number;
  readonly #changes = new ChangeSignal();

  constructor({ cluster, prove, now }: Surroundings, input: AwaitReplacementsInput) {
    this.#cluster = cluster;
    this.#prove = prove;
    this.#input = input;
    this.#now = now;
    this.#readAt = now();
    this.#startedAt = input.since ?? this.#readAt;
  }

  async readFirst(): Promise<void> {
    const read = await pMap(this.#all, (replaced) => this.#read(replaced), { concurrency: MAX_CONCURRENT_READS });
    const { skipped = [] } = this.#input;
    const isSkipped = ({ replaced }: Followed): boolean => skipped.includes(replaced);
    for (const each of read.filter(isSkipped)) this.#end(each);
    this.#settle(read.filter((each) => !isSkipped(each)));
  }

  get #all(): readonly ReplacedWorkload[] {
    const { workloads, skipped = [] } = this.#input;
    return [...workloads, ...skipped];
  }

  async followToEnd(): Promise<readonly ReplacementEnd[]> {
    const { deadlineAt = Infinity } = this.#input;
    while (this.#pending.length > 0) {
      const remaining = deadlineAt - this.#now();
      if (remaining <= 0) return this.#endLate();
      this.#watchMore();
      beat({ message: this.#toWaitText() });
      const untilRead = Math.max(0, this.#readAt + READ_AGAIN_MILLISECONDS - this.#now());
      await this.#changes.next(Math.min(remaining, untilRead), Context.current().cancelled);
      if (this.#now() >= this.#readAt + READ_AGAIN_MILLISECONDS) await this.#readWorkloads();
      this.#settle(this.#pending.map((each) => this.#judge(each, each.watch?.pods)));
    }
    return this.#inOrder();
  }

  stop(): void {
    for (const { watch } of this.#pending) watch?.stop();
  }

  async #read(replaced: ReplacedWorkload): Promise<Followed> {
    const workload = await this.#readWorkload(replaced);
    const { namespace } = replaced;
    const selector = workload?.selector;
    const pods = selector === undefined ? [] : await this.#cluster.readPods({ namespace, selector });
    return { replaced, workload, state: this.#toState(replaced, workload, pods) };
  }

  async #readWorkload({ namespace, owner }: ReplacedWorkload): Promise<WorkloadFacts | undefined> {
    const workload = await readOwner(this.#cluster, { namespace, owner });
    if (workload === null) await this.#prove();
    return workload ?? undefined;
  }

  async #readWorkloads(): Promise<void> {
    this.#readAt = this.#now();
    await pMap(
      this.#pending,
      async (each) => {
        each.workload = await this.#readWorkload(each.replaced);
      },
      { concurrency: MAX_CONCURRENT_READS },
    );
  }

  /** Without a LIST of the watch, only the wanted number can have changed. */
  #judge(each: Followed, pods: readonly PodFacts[] | undefined): Followed {
    const { replaced, workload, state } = each;
    const wantedCount = Math.min(state.wantedCount, workload?.replicas ?? 0);
    each.state =
      pods === undefined
        ? { ...state, wantedCount, isReplaced: state.readyCount >= wantedCount }
        : this.#toState(replaced, workload, pods);
    return each;
  }

  #toState(
    replaced: ReplacedWorkload,
    workload: WorkloadFacts | undefined,
    pods: readonly PodFacts[],
  ): ReplacementState {
    return judgeReplacements(replaced, { workload, pods, leavingNodeName: this.#input.nodeName });
  }

  #settle(followed: readonly Followed[]): void {
    for (const each of followed) {
      if (!each.state.isReplaced) continue;
      each.watch?.stop();
      this.#end(each);
    }
    this.#pending = followed.filter(({ state }) => !state.isReplaced);
  }

  #end({ replaced, state }: Followed): void {
    this.#ends.set(replaced.owner.uid, {
      workload: toReplacedName(replaced),
      isReplaced: state.isReplaced,
      seconds: Math.round((this.#now() - this.#startedAt) / 1000),
      message: state.message,
    });
  }

  #watchMore(): void {
    for (const each of this.#pending.slice(0, MAX_WATCHES)) {
      const { namespace } = each.replaced;
      const selector = each.workload?.selector;
      if (selector === undefined) continue;
      each.watch ??= new ReplacementWatch(this.#cluster, { namespace, selector }, () => {
        this.#changes.note();
      });
    }
  }

  /** @throws DecommissionFailure `DrainTimeout` */
  #endLate(): readonly ReplacementEnd[] {
    if (this.#input.endsAtDeadline) {
      for (const each of this.#pending) this.#end(each);
      return this.#inOrder();
    }
    throw new DecommissionFailure(
      FailureType.DrainTimeout,
      `the node is empty, but replacements of its pods were not Ready at the deadline: ${this.#toMissingText()}. ` +
        'Fix what blocks them, raise timeoutSeconds, or set waitForReplacements: false.',
    );
  }

  #toMissingText(): string {
    const messages = this.#pending.map(({ state }) => state.message);
    return toShortList(messages, MAX_SHOWN, '. ');
  }

  #toWaitText(): string {
    const [trouble] = this.#pending.flatMap(({ watch }) => (watch && watch.trouble !== '' ? [watch.trouble] : []));
    return joinSentences(
      `the node is empty; waiting until replacements of its pods are Ready: ${this.#toMissingText()}`,
      trouble,
      'Fix what blocks them, or scale the workload down; to leave without them, send `replacements skip`.',
    );
  }

  #inOrder(): readonly ReplacementEnd[] {
    return this.#all.flatMap(({ owner }) => this.#ends.get(owner.uid) ?? []);
  }
}
