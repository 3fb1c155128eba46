import type { NodeFacts } from '../../src/domain/cluster/facts.ts';
import { LOCK_ANNOTATION } from '../../src/domain/cluster/annotations.ts';
import { toLockText } from '../../src/domain/node/lock.ts';
import { lockHolder } from './lock-holder.ts';
import { node } from './node.ts';

/** `node-1`, cordoned and locked by the task that `taskContext` gives. */
export const heldNode = (overrides: Partial<NodeFacts> = {}): NodeFacts =>
  node({ unschedulable: true, annotations: { [LOCK_ANNOTATION]: toLockText(lockHolder()) }, ...overrides });
