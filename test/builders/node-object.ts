import type { NodeObject } from '../../src/domain/node/node-objects.ts';

/** The CSINode of `node-1`, which no object owns. */
export const nodeObject = (overrides: Partial<NodeObject> = {}): NodeObject => ({
  kind: 'CSINode',
  resource: 'csinodes.storage.k8s.io',
  name: 'node-1',
  ownerUids: [],
  isDeleting: false,
  finalizers: [],
  ...overrides,
});
