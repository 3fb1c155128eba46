import type { Cluster } from '../../src/ports/cluster.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';

/** The calls that a test can script and count. */
export type ClusterCall = Exclude<keyof Cluster, 'name' | 'inCluster' | `follow${string}`>;
type ClusterAnswer<Call extends ClusterCall> = Awaited<ReturnType<Cluster[Call]>>;

export interface HeldCall<Answer> {
  /** Continues the call: with this response, or with the cluster's own. */
  release(answer?: Answer): void;
}

/** The calls of a cluster in memory: every call is recorded and can be scripted. */
export class ScriptedCluster {
  readonly calls: { readonly call: ClusterCall; readonly args: readonly unknown[] }[] = [];
  readonly #scripts = new Map<ClusterCall, ((work: () => unknown) => unknown)[]>();

  /** The next `times` calls fail without any effect. */
  fail(call: ClusterCall, failure: Error, times = 1): void {
    for (let count = 0; count < times; count += 1) {
      this.#script(call, () => {
        throw failure;
      });
    }
  }

  /** The next call gets this response and has no effect. */
  answer<Call extends ClusterCall>(call: Call, answer: ClusterAnswer<Call>): void {
    this.#script(call, () => answer);
  }

  /** Another client makes a change directly before the next call. */
  before(call: ClusterCall, change: () => void): void {
    this.#script(call, (work) => {
      change();
      return work();
    });
  }

  /** The next call takes effect, but its response is lost. */
  loseAnswer(call: ClusterCall): void {
    this.#script(call, (work) => {
      work();
      throw new ClusterFailure('Unreachable', 'the connection was reset');
    });
  }

  /** The next call waits until it is released. */
  hold<Call extends ClusterCall>(call: Call): HeldCall<ClusterAnswer<Call>> {
    let open: (answer?: ClusterAnswer<Call>) => void = () => undefined;
    const released = new Promise<ClusterAnswer<Call> | undefined>((resolve) => (open = resolve));
    this.#script(call, async (work) => (await released) ?? work());
    return {
      release: (answer) => {
        open(answer);
      },
    };
  }

  argsOf(call: ClusterCall): readonly (readonly unknown[])[] {
    return this.calls.filter((each) => each.call === call).map(({ args }) => args);
  }

  #script(call: ClusterCall, script: (work: () => unknown) => unknown): void {
    this.#scripts.set(call, [...(this.#scripts.get(call) ?? []), script]);
  }

  /** Records the call, and runs its next script, or the work itself. */
  protected async run<Call extends ClusterCall>(
    call: Call,
    args: readonly unknown[],
    work: () => ClusterAnswer<Call>,
  ): Promise<ClusterAnswer<Call>> {
    this.calls.push({ call, args });
    const script = this.#scripts.get(call)?.shift();
    // A script returns the type of its call: `answer` and `hold` ensure it.
    return script ? ((await script(work)) as ClusterAnswer<Call>) : work();
  }
}
