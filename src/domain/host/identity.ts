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
  /** Each is independent of the others; two of them prove a host. */
  readonly proofs: readonly string[];
  /** Matches that could be a coincidence or a copy. */
  readonly support: readonly string[];
  /** Sentences; one is enough to refuse. */
  readonly contradictions: readonly string[];
}

const NEEDED_PROOFS = 2;

/**
 * Whether a host is the machine of a Node of a cluster. Requires two independent proofs and no contradiction:
 *
 * - machine ID and system UUID: one proof each, one together when they are equal (hosts without DMI, and virtual machines whose machine ID
 *   systemd derived from the UUID);
 * - the kubelet's client certificate with the cluster's CA: one proof. After the credentials are removed, this run's marker replaces it:
 *   it was written while they existed and matched;
 * - an internal address of the Node: support only, since addresses are reassigned. While the kubelet serves the Node they are up to date,
 *   so none in common contradicts; once this run's marker exists, the host may have restarted with other addresses;
 * - the boot ID: support only, since containers share it with their host. A different one means a restart, which is no contradiction.
 *
 * IDs are compared case-insensitively (kubernetes#84247). IDs that are empty or that another Node also has are refused.
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
  if (findings.proofs.length < NEEDED_PROOFS) {
    const matched = findings.proofs.length === 0 ? 'nothing' : `only ${findings.proofs.join(', ')}`;
    return refuse(
      `The host is not proven to be the machine of node ${nodeName}: ${matched} matches, and two independent proofs are required ` +
        `(machine ID, system UUID, kubelet certificate with cluster CA).${describeEarlierRun(facts, expected)}`,
    );
  }
  return {
    kind: 'proven',
    signals: [...findings.proofs, ...findings.support],
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
    isSame(marker.caHash, cluster.caHash);
  return isOfThisNode && kubeletIdentity === undefined
    ? ` An earlier run (${marker.operationId}) removed this node's credentials from the host: if only the Node object is left, set \`hostCleanup: skip\`.`
    : '';
};

const NOTHING: Findings = { proofs: [], support: [], contradictions: [] };
const contradict = (sentence: string): Findings => ({ ...NOTHING, contradictions: [sentence] });
const prove = (signal: string): Findings => ({ ...NOTHING, proofs: [signal] });
const support = (signal: string): Findings => ({ ...NOTHING, support: [signal] });

const joinFindings = (all: readonly Findings[]): Findings => ({
  proofs: all.flatMap(({ proofs }) => proofs),
  support: all.flatMap((one) => one.support),
  contradictions: all.flatMap(({ contradictions }) => contradictions),
});

const judgeMachine = (facts: HostIdentityFacts, { node, otherNodes }: ExpectedHost): Findings => {
  const machine = judgeId(
    'machine ID',
    facts.machineID,
    node.machineID,
    otherNodes.map(({ nodeName, machineID }) => [nodeName, machineID]),
  );
  const system = judgeId(
    'system UUID',
    facts.systemUUID,
    node.systemUUID,
    otherNodes.map(({ nodeName, systemUUID }) => [nodeName, systemUUID]),
  );
  if (node.machineID === '') return contradict('the Node has no machine ID, so its machine cannot be identified');
  const joined = joinFindings([machine, system]);
  return isSame(toBareId(node.machineID), toBareId(node.systemUUID)) && joined.proofs.length > 1
    ? { ...joined, proofs: ['machine ID (the same as its system UUID)'] }
    : joined;
};

/** If only one side is empty, that contradicts: both read the same source. */
const judgeId = (
  what: string,
  ofHost: string,
  ofNode: string,
  ofOthers: readonly (readonly [nodeName: string, id: string])[],
): Findings => {
  if (ofHost === '' && ofNode === '') return NOTHING;
  if (!isSame(ofHost, ofNode))
    return contradict(`its ${what} is ${ofHost || 'empty'}, the Node's is ${ofNode || 'empty'}`);
  const sharers = ofOthers.filter(([, id]) => isSame(id, ofNode)).map(([nodeName]) => nodeName);
  return sharers.length > 0
    ? contradict(
        `its ${what} ${ofHost} is also that of node ${sharers.join(', ')} (cloned machines?) and proves nothing`,
      )
    : prove(what);
};

const judgeKubelet = (facts: HostIdentityFacts, expected: ExpectedHost): Findings => {
  const marker = judgeMarker(findOwnMarker(facts, expected), expected);
  if (facts.kubeletIdentity === undefined) return marker;
  const { commonName, caHash } = facts.kubeletIdentity;
  const wanted = `system:node:${expected.node.nodeName}`;
  if (commonName.toLowerCase() !== wanted.toLowerCase()) {
    return contradict(`its kubelet certificate is for ${commonName || 'an empty name'}, not for ${wanted}`);
  }
  if (caHash === '' || expected.cluster.caHash === '') return marker;
  if (!isSame(caHash, expected.cluster.caHash)) {
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
    isSame(marker.caHash, cluster.caHash);
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
