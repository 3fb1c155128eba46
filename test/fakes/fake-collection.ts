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
 * Objects of one kind in memory, with an API server's versions: every write moves the resourceVersion, and a write under another version
 * or UID is a `Conflict`. Followers hear nothing by themselves: a test tells them.
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

  /** Stores it under a new version; followers are not told. */
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
    if (!item) throw new ClusterFailure('NotFound', `${target.name} is not there`, 404);
    if (item.uid !== target.uid || item.resourceVersion !== target.resourceVersion) throw conflict(target.name);
    return this.store(change(item));
  }

  follow(listener: FollowListener<Item>, selects: (item: Item) => boolean = () => true): Follower {
    const following = { listener, selects };
    this.#followings.add(following);
    return { stop: () => this.#followings.delete(following) };
  }

  /** Every follower gets all there is. */
  sync(): void {
    for (const { listener, selects } of [...this.#followings]) listener.onSync(this.all.filter(selects));
  }

  /** Stores the item and tells every follower. */
  change(item: Item): Item {
    const stored = this.store(item);
    this.#tell(stored, 'onChange');
    return stored;
  }

  /** Drops the item and tells every follower. */
  remove(item: Item): void {
    this.drop(item.name, item.namespace);
    this.#tell(item, 'onRemove');
  }

  /** Tells every follower of trouble. */
  trouble(failure: ClusterFailure): void {
    for (const { listener } of [...this.#followings]) listener.onTrouble(failure);
  }

  #tell(item: Item, call: 'onChange' | 'onRemove'): void {
    for (const { listener, selects } of [...this.#followings]) if (selects(item)) listener[call](item);
  }
}

export const conflict = (name: string): ClusterFailure =>
  new ClusterFailure('Conflict', `${name} has moved on meanwhile`, 409);

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace?: string | undefined }): string =>
  `${namespace ?? ''}/${name}`;
