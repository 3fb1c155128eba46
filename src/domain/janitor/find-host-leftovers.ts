import { LOCK_ANNOTATION } from '../cluster/annotations.ts';
import type { NodeFacts } from '../cluster/facts.ts';
import type { HostFacts } from '../host/facts.ts';
import { toHostTarget } from '../host/target.ts';
import { readLockHolder } from '../node/lock.ts';
import { toNodeMachine } from '../node/node-target.ts';
import type { Leftover } from './leftover.ts';

/** What was read of a node's host. */
export type SearchedHost = Pick<HostFacts, 'machineID' | 'units' | 'marker'>;

/** Where a host keeps the records of an operation. Pure. */
export const toOperationFolder = (operationId: string): string => `/var/lib/node-decommission/${operationId}`;

/**
 * Names of the nodes whose hosts are searched: those on which an ended task has left something, and those in `wanted` without the lock of a
 * task that runs. Pure.
 */
export const chooseHosts = (
  nodes: readonly NodeFacts[],
  leftovers: readonly Leftover[],
  wanted: readonly string[],
): readonly string[] => {
  const left = new Set(leftovers.flatMap(({ target }) => (target.kind === 'Node' ? [target.nodeName] : [])));
  const isWanted = ({ name, annotations }: NodeFacts): boolean =>
    wanted.includes(name) && !(LOCK_ANNOTATION in annotations);
  return nodes.filter((node) => left.has(node.name) || isWanted(node)).map(({ name }) => name);
};

/**
 * What an operation has left on the host of a node that still exists: masked units of the kubelet, and the folder of the latest operation.
 * `onNode`: what is left on the Node, if anything. Undefined: nothing, or it is not the node's host. Pure.
 */
export const findOnHost = (
  node: NodeFacts,
  host: SearchedHost,
  kubeletUnits: readonly string[],
  onNode: Leftover | undefined,
): Leftover | undefined => {
  const units = host.units
    .filter(({ name, loadState }) => loadState === 'masked' && kubeletUnits.includes(name))
    .map(({ name }) => name);
  const operationId = host.marker?.nodeName === node.name ? host.marker.operationId : undefined;
  if (isOtherMachine(node, host) || (units.length === 0 && operationId === undefined)) return undefined;
  const isOfLock = operationId === undefined || operationId === toOperationId(node);
  return {
    kind: 'host',
    object: `Host of node ${node.name}`,
    what: [
      ...units.map((name) => `${name} is masked`),
      ...(operationId === undefined ? [] : [`folder ${toOperationFolder(operationId)}`]),
    ].join(', '),
    ...toTask(isOfLock ? onNode : undefined),
    ...toAdvice(units, operationId, onNode?.stays),
    target: { kind: 'Host', nodeName: node.name },
  };
};

const toTask = (onNode: Leftover | undefined): Pick<Leftover, 'task' | 'taskId' | 'workflowId'> => {
  if (onNode === undefined) return { task: 'unknown' };
  const { task, taskId, workflowId } = onNode;
  return {
    task,
    ...(taskId === undefined ? {} : { taskId }),
    ...(workflowId === undefined ? {} : { workflowId }),
  };
};

const ADVICE = 'run the commands on the host, and only if the node should return to service.';

const toAdvice = (
  units: readonly string[],
  operationId: string | undefined,
  stays: string | undefined,
): Pick<Leftover, 'caution' | 'stays' | 'commands'> =>
  stays === undefined ? { caution: ADVICE, commands: toCommands(units, operationId) } : { stays, commands: [] };

const isOtherMachine = ({ machineID }: NodeFacts, host: SearchedHost): boolean =>
  machineID !== '' && host.machineID !== '' && machineID !== host.machineID;

/** Of the run that the lock names; undefined: there is no lock. */
const toOperationId = (node: NodeFacts): string | undefined => {
  const holder = readLockHolder(node.annotations[LOCK_ANNOTATION]);
  return holder === undefined ? undefined : toHostTarget(holder, toNodeMachine(node)).operationId;
};

const toCommands = (units: readonly string[], operationId = ''): readonly string[] => [
  ...units.flatMap((name) => [`systemctl unmask ${name}`, `systemctl enable --now ${name}`]),
  ...(/^[A-Za-z0-9][\w.-]*$/.test(operationId) ? [`rm -r ${toOperationFolder(operationId)}`] : []),
];
