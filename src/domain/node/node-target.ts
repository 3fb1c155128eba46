import type { NodeFacts } from '../cluster/facts.ts';

/** A node as the plan saw it; anything of the same name with another UID is somebody else's. */
export interface NodeTarget {
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly machineID: string;
}

/** That node, and what its Node says of the machine behind it. */
export interface NodeMachine extends NodeTarget, Pick<NodeFacts, 'systemUUID' | 'bootID' | 'addresses'> {}

/** Of anything that says more of the node: only what names it. */
export const toNodeTarget = ({ nodeName, nodeUid, machineID }: NodeTarget): NodeTarget => ({
  nodeName,
  nodeUid,
  machineID,
});

export const toNodeMachine = (node: NodeFacts): NodeMachine => ({
  nodeName: node.name,
  nodeUid: node.uid,
  machineID: node.machineID,
  systemUUID: node.systemUUID,
  bootID: node.bootID,
  addresses: node.addresses,
});
