import type { Stack } from '../stack.ts';

interface PodItem {
  readonly metadata: { readonly labels?: { readonly app?: string }; readonly deletionTimestamp?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Reads, again and again, how many pods of each app are Ready, and keeps the lowest number seen. */
export class AvailabilityObserver {
  readonly #stack: Stack;
  readonly #namespace: string;
  readonly #lowest = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();

  constructor(stack: Stack, namespace: string) {
    this.#stack = stack;
    this.#namespace = namespace;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#look = this.#look.then(() => this.#observe());
    }, 250);
  }

  /** Ends the looking. Gives the lowest number of Ready pods seen, by app. */
  async stop(): Promise<ReadonlyMap<string, number>> {
    clearInterval(this.#timer);
    await this.#look;
    return this.#lowest;
  }

  async #observe(): Promise<void> {
    const items = (await this.#stack.api.list(`/api/v1/namespaces/${this.#namespace}/pods`)) as readonly PodItem[];
    const ready = new Map<string, number>();
    for (const { metadata, status } of items) {
      const app = metadata.labels?.app ?? '';
      const isReady =
        status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false;
      ready.set(app, (ready.get(app) ?? 0) + (isReady && metadata.deletionTimestamp === undefined ? 1 : 0));
    }
    for (const [app, count] of ready) this.#lowest.set(app, Math.min(count, this.#lowest.get(app) ?? Infinity));
  }
}
