import type { NodeFacts } from '../cluster/facts.ts';
import type { Machine } from './machine.ts';

/**
 * Another machine has registered under the name of a deleted node, e.g. as its replacement in a pool. Returns why the machine of the deleted
 * node must not be ended, without a full stop: by its name, a hook could end the new one. Undefined: their `providerID`s differ. Pure.
 */
export const checkOtherMachine = (
  removed: Machine | undefined,
  seen: Pick<NodeFacts, 'name' | 'uid' | 'providerID'>,
): string | undefined => {
  const removedId = removed?.providerID ?? '';
  const seenId = seen.providerID ?? '';
  if (removedId !== '' && seenId !== '' && removedId !== seenId) return undefined;
  const ids =
    removedId !== '' && removedId === seenId ? `both have providerID ${seenId}` : 'not both have a providerID';
  return `another machine registered as node ${seen.name} (UID ${seen.uid}) and cannot be distinguished from the removed one (${ids}): the hook was not called`;
};
