import type { ClusterIdentity } from '../cluster/facts.ts';
import type { HostFacts, HostMarker } from './facts.ts';
import type { NodeMachine } from '../node/node-target.ts';

/** What a host must show to be taken for a Node's machine. */
export interface ExpectedHost {
  /** Of the run whose marker counts. */
  readonly operationId: string;
  readonly node: NodeMachine;
  readonly cluster: ClusterIdentity;
  /** All other Nodes of the cluster: a value that one of them has too proves nothing. */
  readonly otherNodes: readonly Pick<NodeMachine, 'nodeName' | 'machineID' | 'systemUUID'>[];
}

export type HostIdentityJudgement =
  | {
      readonly kind: 'proven';
      /** What matched, the proofs first, e.g. `machine ID`, `kubelet certificate and cluster CA`, `address 10.0.0.5`. */
      readonly signals: readonly string[];
      /** Another boot ID than the Node's: the host was started again, so all that was known of its state may have changed. */
      readonly wasRestarted: boolean;
    }
  | {
      readonly kind: 'refused';
      /** Whole sentences. */
      readonly reason: string;
    };

interface Findings {
  /** Each independent of the others; two of them prove a host. */
  readonly proofs: readonly string[];
  /** Agree, but could agree by chance or by a copy. */
  readonly support: readonly string[];
  /** Sentences; one is enough to refuse. */
  readonly contradictions: readonly string[];
}

const NEEDED_PROOFS = 2;

/**
 * Whether a host is the machine of a Node of a cluster. Two independent proofs are needed, and nothing may contradict:
 *
 * - machine ID and system UUID: one proof each, one together when they are equal (hosts without DMI, and virtual machines whose machine ID
 *   systemd made from the UUID);
 * - the kubelet's client certificate with the cluster's CA: one proof. After the credentials are gone, this run's marker stands in for it:
 *   it was written when they were still there and matched;
 * - an internal address of the Node: support only, since addresses are given anew. While the kubelet serves the Node they are up to date,
 *   so none in common contradicts; once our marker is there the host may have come back with others;
 * - the boot ID: support only, since containers share it with their host. Another one is a restart, which is no contradiction.
 *
 * IDs are compared without regard to case (kubernetes#84247). Those that are empty or that another Node has too refuse.
 */
export const judgeHostIdentity = (facts: HostFacts, expected: ExpectedHost): HostIdentityJudgement => {
  const { nodeName } = expected.node;
  const findings = joinFindings([
    judgeMachine(facts, expected),
    judgeKubelet(facts, expected),
    judgeAddresses(facts, expected),
    judgeBoot(facts, expected),
  ]);
  if (findings.contradictions.length > 0) {
    return refuse(`The host is not node ${nodeName}'s: ${findings.contradictions.join('; ')}.`);
  }
  if (findings.proofs.length < NEEDED_PROOFS) {
    const matched = findings.proofs.length === 0 ? 'nothing' : `only ${findings.proofs.join(', ')}`;
    return refuse(
      `It is not proven that the host is node ${nodeName}'s: ${matched} proves it, and two independent proofs are needed ` +
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
  reason: `${problem} Nothing is done to it; check the addresses and the hosts of the configuration.`,
});

/** The likely reason for a missing certificate. It proves nothing: the machine may have served as another node since. */
const describeEarlierRun = ({ marker, kubeletIdentity }: HostFacts, { node, cluster }: ExpectedHost): string => {
  const isOfThisNode =
    marker !== undefined &&
    marker.nodeName === node.nodeName &&
    isSame(marker.machineID, node.machineID) &&
    isSame(marker.caHash, cluster.caHash);
  return isOfThisNode && kubeletIdentity === undefined
    ? ` An earlier run (${marker.operationId}) was here and took this node's credentials away: if its Node is all that is left, use \`hostCleanup: skip\`.`
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

const judgeMachine = (facts: HostFacts, { node, otherNodes }: ExpectedHost): Findings => {
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
  if (node.machineID === '') return contradict('its Node names no machine ID, so no machine can be told from another');
  const joined = joinFindings([machine, system]);
  return isSame(toBareId(node.machineID), toBareId(node.systemUUID)) && joined.proofs.length > 1
    ? { ...joined, proofs: ['machine ID (the same as its system UUID)'] }
    : joined;
};

/** One side alone being empty contradicts: both read the same place. */
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
        `its ${what} ${ofHost} is also that of node ${sharers.join(', ')} (cloned machines?), so it proves nothing`,
      )
    : prove(what);
};

const judgeKubelet = (facts: HostFacts, expected: ExpectedHost): Findings => {
  const marker = judgeMarker(findOwnMarker(facts, expected), expected);
  if (facts.kubeletIdentity === undefined) return marker;
  const { commonName, caHash } = facts.kubeletIdentity;
  const wanted = `system:node:${expected.node.nodeName}`;
  if (commonName.toLowerCase() !== wanted.toLowerCase()) {
    return contradict(`its kubelet's certificate is for ${commonName || 'nobody'}, not for ${wanted}`);
  }
  if (caHash === '' || expected.cluster.caHash === '') return marker;
  if (!isSame(caHash, expected.cluster.caHash)) {
    return contradict("its kubelet trusts another cluster's CA");
  }
  return marker.contradictions.length > 0 ? marker : prove('kubelet certificate and cluster CA');
};

const findOwnMarker = ({ marker }: HostFacts, { operationId }: ExpectedHost): HostMarker | undefined =>
  marker?.operationId === operationId ? marker : undefined;

/** Markers of other runs tell nothing: the machine may have served as another node before. */
const judgeMarker = (marker: HostMarker | undefined, { node, cluster }: ExpectedHost): Findings => {
  if (marker === undefined) return NOTHING;
  const isOurs =
    marker.nodeName === node.nodeName &&
    marker.nodeUid === node.nodeUid &&
    isSame(marker.machineID, node.machineID) &&
    isSame(marker.caHash, cluster.caHash);
  return isOurs
    ? prove("this run's marker")
    : contradict(
        `this run's marker on it is of node ${marker.nodeName} with UID ${marker.nodeUid}, of another machine or of another cluster`,
      );
};

const INTERNAL = 'InternalIP=';

const judgeAddresses = (facts: HostFacts, expected: ExpectedHost): Findings => {
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

const judgeBoot = (facts: HostFacts, { node }: ExpectedHost): Findings =>
  node.bootID !== '' && isSame(facts.bootID, node.bootID) ? support('boot ID') : NOTHING;

const toBareId = (id: string): string => id.replaceAll('-', '');

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
