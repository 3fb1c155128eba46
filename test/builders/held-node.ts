import type { NodeFacts } from '../../src/domain/facts.ts';
import { LOCK_ANNOTATION } from '../../src/domain/names.ts';
import { toLockText } from '../../src/domain/lock-holder.ts';
import { lockHolder } from './lock-holder.ts';
import { node } from './node.ts';

/** `node-1`, cordoned and locked by the task that `taskContext` gives. */
export const heldNode = (overrides: Partial<NodeFacts> = {}): NodeFacts =>
  node({ unschedulable: true, annotations: { [LOCK_ANNOTATION]: toLockText(lockHolder()) }, ...overrides });
