import { shareCa } from '../cluster/ca-bundle.ts';
import type { ClusterIdentity } from '../cluster/facts.ts';
import type { HostIdentityFacts, HostMarker } from './facts.ts';
import type { NodeMachine } from '../node/node-target.ts';

/** What a host must match to be identified as a Node's machine. */
export interface ExpectedHost {
  /** Of the run whose marker is accepted. */
  readonly operationId: string;
  readonly node: NodeMachine;
  readonly cluster: ClusterIdentity;
  /** All other Nodes of the cluster: a value that one of them also has proves nothing. */
  readonly otherNodes: readonly Pick<NodeMachine, 'nodeName' | 'machineID' | 'systemUUID'>[];
}

export type HostIdentityJudgement =
  | {
      readonly kind: 'proven';
      /** What matched, the proofs first, e.g. `machine ID`, `kubelet certificate and cluster CA`, `address 10.0.0.5`. */
      readonly signals: readonly string[];
      /** The boot ID differs from the Node's: the host was restarted, so its state may have changed. */
      readonly wasRestarted: boolean;
    }
  | {
      readonly kind: 'refused';
      /** Whole sentences. */
      readonly reason: string;
    };

interface Findings {
  /** What the host holds and the cluster can check. */
  readonly heldProofs: readonly string[];
  /** What the host only claims: a clone or a restored image claims it too. */
  readonly claims: readonly string[];
  /** Matches that could be a coincidence or a copy. */
  readonly support: readonly string[];
  /** Sentences; one is enough to refuse. */
  readonly contradictions: readonly string[];
}

const NEEDED_PROOFS = 2;

/**
 * Whether a host is the machine of a Node of a cluster. Requires two independent proofs, at least one of them held by the host, and no
 * contradiction:
 *
 * - the kubelet's client certificate with the cluster's CA: a proof that the host holds. After the credentials are removed, this run's marker
 *   replaces it: it was written while they existed and matched;
 * - machine ID and system UUID: one claim each, one together when they are equal (hosts without DMI, and virtual machines whose machine ID
 *   systemd derived from the UUID). One that another Node also has proves nothing: the machines were cloned;
 * - an internal address of the Node: support only, since addresses are reassigned. While the kubelet serves the Node they are up to date,
 *   so none in common contradicts; once this run's marker exists, the host may have restarted with other addresses;
 * - the boot ID: support only, since containers share it with their host. A different one means a restart, which is no contradiction.
 *
 * IDs are compared case-insensitively (kubernetes#84247). A Node without a machine ID is refused.
 */
export const judgeHostIdentity = (facts: HostIdentityFacts, expected: ExpectedHost): HostIdentityJudgement => {
  const { nodeName } = expected.node;
  const findings = joinFindings([
    judgeMachine(facts, expected),
    judgeKubelet(facts, expected),
    judgeAddresses(facts, expected),
    judgeBoot(facts, expected),
  ]);
  if (findings.contradictions.length > 0) {
    return refuse(`The host is not the machine of node ${nodeName}: ${findings.contradictions.join('; ')}.`);
  }
  const proofs = [...findings.claims, ...findings.heldProofs];
  if (findings.heldProofs.length === 0 || proofs.length < NEEDED_PROOFS) {
    const matched = proofs.length === 0 ? 'nothing' : `only ${proofs.join(', ')}`;
    return refuse(
      `The host is not proven to be the machine of node ${nodeName}: ${matched} matches, and two independent proofs are required: the ` +
        `kubelet's client certificate with the cluster's CA, and the machine ID or the system UUID${describeShared(expected)}.${describeEarlierRun(facts, expected)}`,
    );
  }
  return {
    kind: 'proven',
    signals: [...proofs, ...findings.support],
    wasRestarted: !isSame(facts.bootID, expected.node.bootID),
  };
};

const refuse = (problem: string): HostIdentityJudgement => ({
  kind: 'refused',
  reason: `${problem} The host is left untouched; check its address and its connection settings in the configuration.`,
});

/** The likely reason for a missing certificate. It proves nothing: the machine may have been another node since. */
const describeEarlierRun = (
  { marker, kubeletIdentity }: HostIdentityFacts,
  { node, cluster }: ExpectedHost,
): string => {
  const isOfThisNode =
    marker !== undefined &&
    marker.nodeName === node.nodeName &&
    isSame(marker.machineID, node.machineID) &&
    shareCa(marker.caHashes, cluster.caHashes);
  return isOfThisNode && kubeletIdentity === undefined
    ? ` An earlier run (${marker.operationId}) removed this node's credentials from the host: if only the Node object is left, set \`hostCleanup: skip\`.`
    : '';
};

const NOTHING: Findings = { heldProofs: [], claims: [], support: [], contradictions: [] };
const contradict = (sentence: string): Findings => ({ ...NOTHING, contradictions: [sentence] });
const prove = (signal: string): Findings => ({ ...NOTHING, heldProofs: [signal] });
const claim = (signal: string): Findings => ({ ...NOTHING, claims: [signal] });
const support = (signal: string): Findings => ({ ...NOTHING, support: [signal] });

const joinFindings = (all: readonly Findings[]): Findings => ({
  heldProofs: all.flatMap(({ heldProofs }) => heldProofs),
  claims: all.flatMap(({ claims }) => claims),
  support: all.flatMap((one) => one.support),
  contradictions: all.flatMap(({ contradictions }) => contradictions),
});

const judgeMachine = (facts: HostIdentityFacts, { node, otherNodes }: ExpectedHost): Findings => {
  if (node.machineID === '') return contradict('the Node has no machine ID, so its machine cannot be identified');
  const judged = MACHINE_IDS.map(({ what, idOf }) =>
    judgeId(
      what,
      idOf(facts),
      idOf(node),
      otherNodes.some((other) => hasId(other, idOf(node))),
    ),
  );
  const joined = joinFindings(judged);
  return isSame(toBareId(node.machineID), toBareId(node.systemUUID)) && joined.claims.length > 1
    ? { ...joined, claims: ['machine ID (the same as its system UUID)'] }
    : joined;
};

type MachineIds = Pick<NodeMachine, 'machineID' | 'systemUUID'>;

const MACHINE_IDS: readonly { readonly what: string; readonly idOf: (machine: MachineIds) => string }[] = [
  { what: 'machine ID', idOf: ({ machineID }) => machineID },
  { what: 'system UUID', idOf: ({ systemUUID }) => systemUUID },
];

/** Either of its IDs: of a machine without DMI both are one value. */
const hasId = (machine: MachineIds, id: string): boolean =>
  MACHINE_IDS.some(({ idOf }) => isSame(toBareId(idOf(machine)), toBareId(id)));

/** If only one side is empty, that contradicts: both read the same source. */
const judgeId = (what: string, ofHost: string, ofNode: string, isShared: boolean): Findings => {
  if (ofHost === '' && ofNode === '') return NOTHING;
  if (!isSame(ofHost, ofNode))
    return contradict(`its ${what} is ${ofHost || 'empty'}, the Node's is ${ofNode || 'empty'}`);
  return isShared ? NOTHING : claim(what);
};

/** The Nodes whose machine has the same ID, for the explanation of what does not count. */
const describeShared = ({ node, otherNodes }: ExpectedHost): string => {
  const shared = MACHINE_IDS.flatMap(({ what, idOf }) => {
    const sharers = idOf(node) === '' ? [] : otherNodes.filter((other) => hasId(other, idOf(node)));
    return sharers.length === 0
      ? []
      : [`its ${what} is also that of node ${sharers.map(({ nodeName }) => nodeName).join(', ')}`];
  });
  return shared.length === 0 ? '' : ` (${shared.join(', ')}: cloned machines, so it proves nothing)`;
};

const judgeKubelet = (facts: HostIdentityFacts, expected: ExpectedHost): Findings => {
  const marker = judgeMarker(findOwnMarker(facts, expected), expected);
  if (facts.kubeletIdentity === undefined) return marker;
  const { commonName, caHashes } = facts.kubeletIdentity;
  const wanted = `system:node:${expected.node.nodeName}`;
  if (commonName.toLowerCase() !== wanted.toLowerCase()) {
    return contradict(`its kubelet certificate is for ${commonName || 'an empty name'}, not for ${wanted}`);
  }
  if (caHashes.length === 0 || expected.cluster.caHashes.length === 0) return marker;
  if (!shareCa(caHashes, expected.cluster.caHashes)) {
    return contradict("its kubelet trusts another cluster's CA");
  }
  return marker.contradictions.length > 0 ? marker : prove('kubelet certificate and cluster CA');
};

const findOwnMarker = ({ marker }: HostIdentityFacts, { operationId }: ExpectedHost): HostMarker | undefined =>
  marker?.operationId === operationId ? marker : undefined;

/** Markers of other runs prove nothing: the machine may have been another node before. */
const judgeMarker = (marker: HostMarker | undefined, { node, cluster }: ExpectedHost): Findings => {
  if (marker === undefined) return NOTHING;
  const isMatch =
    marker.nodeName === node.nodeName &&
    marker.nodeUid === node.nodeUid &&
    isSame(marker.machineID, node.machineID) &&
    shareCa(marker.caHashes, cluster.caHashes);
  return isMatch
    ? prove("this run's marker")
    : contradict(
        `this run's marker on it is for node ${marker.nodeName} with UID ${marker.nodeUid}, for another machine or for another cluster`,
      );
};

const INTERNAL = 'InternalIP=';

const judgeAddresses = (facts: HostIdentityFacts, expected: ExpectedHost): Findings => {
  const wanted = expected.node.addresses
    .filter((one) => one.startsWith(INTERNAL))
    .map((one) => one.slice(INTERNAL.length));
  const found = wanted.filter((address) => facts.addresses.some((one) => isSame(one, address)));
  if (found.length > 0) return { ...NOTHING, support: found.map((address) => `address ${address}`) };
  const isComparable = wanted.length > 0 && facts.addresses.length > 0;
  return isComparable && findOwnMarker(facts, expected) === undefined
    ? contradict(`it has none of the Node's addresses (${wanted.join(', ')})`)
    : NOTHING;
};

const judgeBoot = (facts: HostIdentityFacts, { node }: ExpectedHost): Findings =>
  node.bootID !== '' && isSame(facts.bootID, node.bootID) ? support('boot ID') : NOTHING;

const toBareId = (id: string): string => id.replaceAll('-', '');

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
