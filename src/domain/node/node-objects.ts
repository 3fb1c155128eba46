import type { RemainingObject, RemainingReport } from '../run/report.ts';
import { compareText } from '../text/compare-text.ts';
import { toCountText } from '../text/counts.ts';

/** Kinds of which components keep objects for one node, beside its Node. */
export type NodeObjectKind =
  'CSINode' | 'Lease' | 'ResourceSlice' | 'VolumeAttachment' | 'CiliumNode' | 'BlockAffinity' | 'IPAMBlock';

/** An object that another component keeps for one node. */
export interface NodeObject {
  readonly kind: NodeObjectKind;
  /** Plural with its group, as kubectl accepts it, e.g. `ciliumnodes.cilium.io`. */
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string;
  /** UIDs of its owners: the garbage collector deletes it when none of them exists. */
  readonly ownerUids: readonly string[];
  readonly isDeleting: boolean;
  readonly finalizers: readonly string[];
}

/** All that a cluster has for one node. */
export interface NodeObjects {
  readonly objects: readonly NodeObject[];
  /** Kinds that the cluster serves and that could not be read, with the reason. */
  readonly unread: readonly { readonly kind: NodeObjectKind; readonly reason: string }[];
}

/** Deleting one of them without its controller frees what is still in use, whoever owns it. */
const HARMFUL_TO_DELETE: readonly NodeObjectKind[] = ['VolumeAttachment', 'BlockAffinity', 'IPAMBlock'];

/** Who deletes an object that no other one owns, and what helps when it stays. Without a full stop. */
const ADVICE: Readonly<Record<NodeObjectKind, (command: string) => string>> = {
  CSINode: (command) => `it has no reference to the deleted Node, so nothing deletes it: run ${command}`,
  Lease: (command) => `it has no reference to the deleted Node, so nothing deletes it: run ${command}`,
  ResourceSlice: (command) =>
    `the driver that published it deletes it where it still runs; if it stays, run ${command}`,
  VolumeAttachment: () =>
    "the attach/detach controller deletes it; if it stays, check that controller's log and the driver's. Do not delete it manually: its volume may still be attached to the machine",
  CiliumNode: (command) =>
    `Cilium's operator deletes it after two of its intervals (\`nodes-gc-interval\`, by default 5 minutes); if it stays, run ${command}`,
  BlockAffinity: () => CALICO,
  IPAMBlock: () => CALICO,
};

const CALICO =
  "Calico's kube-controllers release it; if it stays, check their log and `calicoctl ipam check`. Do not delete it manually: its addresses may still be in use";

/**
 * What remains of a Node with `nodeUid` that was deleted, and for each object who deletes it, and what to do if it stays. Sorted by kind, then
 * by name. Pure.
 */
export const toRemainingReport = ({ objects, unread }: NodeObjects, nodeUid: string): RemainingReport => ({
  objects: objects.map((object) => toRemaining(object, nodeUid)).sort(compare),
  unread,
});

/** The garbage collector deletes one of them, usually within a second after the Node. Pure. */
export const hasCollectable = ({ objects }: NodeObjects, nodeUid: string): boolean =>
  objects.some(({ ownerUids, isDeleting }) => ownerUids.includes(nodeUid) && !isDeleting);

/** For the message of a step, without a full stop; undefined: nothing remains. Pure. */
export const describeRemaining = ({ objects, unread }: RemainingReport): string | undefined => {
  const remain = objects.length === 1 ? 'remains' : 'remain';
  const parts = [
    ...(objects.length === 0
      ? []
      : [`${toCountText(objects.length, 'object')} of other components ${remain}, see the report`]),
    ...(unread.length === 0 ? [] : [`unknown: whether one of ${toKinds(unread)} remains`]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
};

const toKinds = (unread: RemainingReport['unread']): string => unread.map(({ kind }) => kind).join(', ');

const toRemaining = (object: NodeObject, nodeUid: string): RemainingObject => {
  const { kind, name, namespace } = object;
  return { kind, name, ...(namespace === undefined ? {} : { namespace }), advice: toAdvice(object, nodeUid) };
};

const toAdvice = (object: NodeObject, nodeUid: string): string => {
  const { finalizers, isDeleting, kind, ownerUids } = object;
  if (isDeleting) {
    return finalizers.length === 0
      ? 'it is being deleted'
      : `it is being deleted, which waits for its finalizers ${finalizers.join(', ')}; if it stays, check the controllers that set them`;
  }
  const command = toCommand(object);
  if (ownerUids.length === 0 || HARMFUL_TO_DELETE.includes(kind)) return ADVICE[kind](command);
  return ownerUids.includes(nodeUid)
    ? `the garbage collector deletes it with its Node; if it stays, check the log of kube-controller-manager, then run ${command}`
    : `another object owns it, and the garbage collector deletes it with that one; if it stays, run ${command}`;
};

const toCommand = ({ resource, name, namespace }: NodeObject): string =>
  `\`kubectl delete ${resource} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}\``;

const compare = (one: RemainingObject, other: RemainingObject): number =>
  compareText(one.kind, other.kind) || compareText(one.name, other.name);
