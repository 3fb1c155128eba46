import type { Stack } from '../stack.ts';

interface PodItem {
  readonly metadata: { readonly labels?: { readonly app?: string }; readonly deletionTimestamp?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Polls how many pods of each app are Ready and keeps the lowest number observed. */
export class AvailabilityObserver {
  readonly #stack: Stack;
  readonly #namespace: string;
  readonly #lowest = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #observation: Promise<void> = Promise.resolve();

  constructor(stack: Stack, namespace: string) {
    this.#stack = stack;
    this.#namespace = namespace;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#observation = this.#observation.then(() => this.#observe());
    }, 250);
  }

  /** Stops polling. @returns the lowest number of Ready pods observed, by app */
  async stop(): Promise<ReadonlyMap<string, number>> {
    clearInterval(this.#timer);
    await this.#observation;
    return this.#lowest;
  }

  async #observe(): Promise<void> {
    const pods = (await this.#stack.api.list(`/api/v1/namespaces/${this.#namespace}/pods`)) as readonly PodItem[];
    const readyApps = pods.filter(isAvailable).map(toApp);
    // An app without any pod left counts too, as zero.
    for (const app of new Set([...this.#lowest.keys(), ...pods.map(toApp)])) {
      const count = readyApps.filter((each) => each === app).length;
      this.#lowest.set(app, Math.min(count, this.#lowest.get(app) ?? Infinity));
    }
  }
}

const toApp = ({ metadata }: PodItem): string => metadata.labels?.app ?? '';

/** Ready and not being deleted. */
export const isAvailable = ({ metadata, status }: PodItem): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
