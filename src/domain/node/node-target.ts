import type { NodeFacts } from '../cluster/facts.ts';

/** A node at planning time; a Node of the same name with another UID is not a target. */
export interface NodeTarget {
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly machineID: string;
}

/** That node with what its Node object reports about the machine. */
export interface NodeMachine extends NodeTarget, Pick<NodeFacts, 'systemUUID' | 'bootID' | 'addresses'> {}

/** Only what identifies the node. */
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
