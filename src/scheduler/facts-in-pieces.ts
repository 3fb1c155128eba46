import type { SchedulerFacts, SchedulerObject, SchedulerPod } from '../domain/scheduling/scheduler-facts.ts';
import type { LoadedNames } from './loaded-names.ts';
import type { AddedFacts, PodColumns, PodOwner } from './protocol.ts';

/** Nodes list their images and can be large; a piece must be copied to the thread within milliseconds. */
const NODES_AT_ONCE = 100;
const OBJECTS_AT_ONCE = 500;
const PODS_AT_ONCE = 5000;

/** The facts in pieces that are each small enough to be copied without delaying anything else. Fills `names` with the last piece. */
export const splitFacts = function* (facts: SchedulerFacts, names: MutableNames): Generator<AddedFacts> {
  for (const nodes of inPieces(facts.nodes, NODES_AT_ONCE)) {
    for (const node of nodes) {
      const name = nameOf(node);
      names.nodePositions.set(name, names.nodeNames.length);
      names.nodeNames.push(name);
    }
    yield { nodes };
  }
  for (const templates of inPieces(facts.templates, OBJECTS_AT_ONCE)) yield { templates };
  for (const [kind, all] of Object.entries(facts.objects)) {
    for (const objects of inPieces(all, OBJECTS_AT_ONCE)) yield { objects: { [kind]: objects } };
  }
  const ownsClaims = facts.templates.map(hasOwnClaims);
  const users = toUsersOfClaims(facts);
  const isOwner = ({ uid, template }: SchedulerPod): boolean => ownsClaims[template] === true || users.has(uid);
  for (const pods of inPieces(facts.pods, PODS_AT_ONCE)) yield { pods: toColumns(pods, isOwner, names) };
};

export interface MutableNames extends LoadedNames {
  readonly nodeNames: string[];
  readonly nodePositions: Map<string, number>;
  readonly podPositions: Map<string, number>;
}

const inPieces = function* <T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
};

const nameOf = (object: SchedulerObject): string =>
  (object['metadata'] as { readonly name?: string } | undefined)?.name ?? '';

/** A pod of a node that is not in the facts occupies no node and is left out: its node was deleted while the facts were read. */
const toColumns = (
  pods: readonly SchedulerPod[],
  isOwner: (pod: SchedulerPod) => boolean,
  names: MutableNames,
): PodColumns => {
  const namespaces = new Map<string, number>();
  const [namespaceOf, template, node, terminating] = Array.from({ length: 4 }, () => new Int32Array(pods.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const owners: PodOwner[] = [];
  for (const [position, pod] of pods.entries()) {
    const { namespace, name, uid, nodeName, isTerminating } = pod;
    names.podPositions.set(uid, names.podPositions.size);
    if (!namespaces.has(namespace)) namespaces.set(namespace, namespaces.size);
    namespaceOf[position] = namespaces.get(namespace) ?? 0;
    template[position] = pod.template;
    node[position] = names.nodePositions.get(nodeName) ?? -1;
    terminating[position] = isTerminating ? 1 : 0;
    if (isOwner(pod)) owners.push({ position, name, uid });
  }
  return {
    namespaces: [...namespaces.keys()],
    namespace: toColumn(namespaceOf),
    template: toColumn(template),
    node: toColumn(node),
    terminating: toColumn(terminating),
    owners,
  };
};

/** Little-endian on every machine. */
const toColumn = (numbers: Int32Array): string => {
  const bytes = Buffer.alloc(numbers.length * Int32Array.BYTES_PER_ELEMENT);
  // Indexes: an iterator takes several times as long.
  for (let index = 0; index < numbers.length; index++) {
    bytes.writeInt32LE(numbers[index] ?? 0, index * Int32Array.BYTES_PER_ELEMENT);
  }
  return bytes.toString('base64');
};

/** Its pods have generic ephemeral volumes or resource claims, which belong to one pod by name and UID. */
const hasOwnClaims = (template: SchedulerObject): boolean => {
  const { volumes = [], resourceClaims = [] } = (template['spec'] ?? {}) as {
    readonly volumes?: readonly Readonly<Record<string, unknown>>[] | null;
    readonly resourceClaims?: readonly unknown[] | null;
  };
  return (resourceClaims ?? []).length > 0 || (volumes ?? []).some((volume) => volume['ephemeral'] !== undefined);
};

/** UIDs of the pods that reserve devices: also of those whose extended resources are devices, which their templates do not show. */
const toUsersOfClaims = ({ objects }: SchedulerFacts): ReadonlySet<string> => {
  const statuses = (objects['ResourceClaim'] ?? []).map(({ status }) => status as ClaimStatus | undefined);
  return new Set(statuses.flatMap((status) => (status?.reservedFor ?? []).map(({ uid }) => uid)));
};

interface ClaimStatus {
  readonly reservedFor?: readonly { readonly uid: string }[];
}
