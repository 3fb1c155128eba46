import type { Follower, FollowListener, ObjectVersion } from '../../src/ports/cluster.ts';
import { ClusterFailure } from '../../src/ports/cluster-failure.ts';

interface StoredObject extends ObjectVersion {
  readonly namespace?: string;
}

interface Following<Item> {
  readonly listener: FollowListener<Item>;
  readonly selects: (item: Item) => boolean;
}

/**
 * Objects of one kind in memory, with an API server's versions: every write changes the resourceVersion, and a write with another version
 * or UID is a `Conflict`. Followers get events only when the test sends them.
 */
export class FakeCollection<Item extends StoredObject> {
  readonly #items = new Map<string, Item>();
  readonly #followings = new Set<Following<Item>>();
  #version = 100;

  constructor(items: readonly Item[] = []) {
    for (const item of items) this.#items.set(keyOf(item), item);
  }

  get all(): readonly Item[] {
    return [...this.#items.values()];
  }

  get followerCount(): number {
    return this.#followings.size;
  }

  find(name: string, namespace?: string): Item | undefined {
    return this.#items.get(keyOf({ name, namespace }));
  }

  /** Stores the item under a new version without notifying followers. */
  store(item: Item): Item {
    this.#version += 1;
    const stored = { ...item, resourceVersion: String(this.#version) };
    this.#items.set(keyOf(item), stored);
    return stored;
  }

  drop(name: string, namespace?: string): void {
    this.#items.delete(keyOf({ name, namespace }));
  }

  /** A write under preconditions. */
  write(target: StoredObject, change: (item: Item) => Item): Item {
    const item = this.#items.get(keyOf(target));
    if (!item) throw new ClusterFailure('NotFound', `${target.name} not found`, 404);
    if (item.uid !== target.uid || item.resourceVersion !== target.resourceVersion) throw conflict(target.name);
    return this.store(change(item));
  }

  follow(listener: FollowListener<Item>, selects: (item: Item) => boolean = () => true): Follower {
    const following = { listener, selects };
    this.#followings.add(following);
    return { stop: () => this.#followings.delete(following) };
  }

  /** Sends all items to every follower. */
  sync(): void {
    for (const { listener, selects } of [...this.#followings]) listener.onSync(this.all.filter(selects));
  }

  /** Stores the item and notifies every follower; one that selected it only before is notified of its removal. */
  change(item: Item): Item {
    const before = this.find(item.name, item.namespace);
    const stored = this.store(item);
    for (const { listener, selects } of [...this.#followings]) {
      if (selects(stored)) listener.onChange(stored);
      else if (before !== undefined && selects(before)) listener.onRemove(before);
    }
    return stored;
  }

  /** Drops the item and notifies every follower. */
  remove(item: Item): void {
    this.drop(item.name, item.namespace);
    for (const { listener, selects } of [...this.#followings]) if (selects(item)) listener.onRemove(item);
  }

  /** Reports trouble to every follower. */
  trouble(failure: ClusterFailure): void {
    for (const { listener } of [...this.#followings]) listener.onTrouble(failure);
  }
}

export const conflict = (name: string): ClusterFailure => new ClusterFailure('Conflict', `${name} has changed`, 409);

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace?: string | undefined }): string =>
  `${namespace ?? ''}/${name}`;
