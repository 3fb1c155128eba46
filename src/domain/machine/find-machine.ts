import type { NodeFacts } from '../cluster/facts.ts';
import type { Machine } from './machine.ts';
import { PROVIDERS } from './providers.ts';

/**
 * The machine of a Node by `spec.providerID` and the labels of its pool; undefined for a Node without a `providerID`. A `providerID` that no
 * provider writes in this form is returned as it is: no command is made of text that was not understood. Pure.
 */
export const findMachine = (
  node: Pick<NodeFacts, 'name' | 'labels' | 'annotations' | 'providerID'>,
): Machine | undefined => {
  const { providerID = '' } = node;
  if (providerID === '') return undefined;
  for (const recognise of PROVIDERS) {
    const found = recognise({ ...node, providerID });
    if (found !== undefined) return { providerID, ...found };
  }
  return { providerID };
};
