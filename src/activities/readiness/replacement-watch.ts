import type { PodFacts } from '../../domain/cluster/facts.ts';
import type { Cluster, Follower, PodScope } from '../../ports/cluster.ts';

/** Watches the pods of one workload. Call `stop` at the end. */
export class ReplacementWatch {
  readonly #follower: Follower;
  #pods: Map<string, PodFacts> | undefined;
  #trouble = '';

  /** `onChange`: the pods have changed. */
  constructor(cluster: Cluster, scope: PodScope, onChange: () => void) {
    this.#follower = cluster.followPods(scope, {
      onSync: (pods) => {
        this.#pods = new Map(pods.map((pod) => [pod.uid, pod]));
        this.#trouble = '';
        onChange();
      },
      onChange: (pod) => {
        this.#pods?.set(pod.uid, pod);
        this.#trouble = '';
        onChange();
      },
      onRemove: (pod) => {
        this.#pods?.delete(pod.uid);
        onChange();
      },
      onTrouble: ({ message }) => {
        this.#trouble = message;
      },
    });
  }

  /** Undefined until the first LIST of the watch. */
  get pods(): readonly PodFacts[] | undefined {
    return this.#pods && [...this.#pods.values()];
  }

  /** The failure of the watch, until it recovers; empty for none. */
  get trouble(): string {
    return this.#trouble;
  }

  stop(): void {
    this.#follower.stop();
  }
}
