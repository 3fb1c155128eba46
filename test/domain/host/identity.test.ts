import { describe, expect, it } from '@jest/globals';
import type { HostFacts, HostMarker } from '../../../src/domain/host/facts.ts';
import { judgeHostIdentity, type ExpectedHost } from '../../../src/domain/host/identity.ts';
import type { NodeMachine } from '../../../src/domain/node/node-target.ts';
import { hostFacts } from '../../builders/host-facts.ts';

const NODE: NodeMachine = {
  nodeName: 'node-1',
  nodeUid: 'uid-1',
  machineID: '0123456789abcdef0123456789abcdef',
  systemUUID: '4c4c4544-0042-3510-8053-c3c04f4b3332',
  bootID: '5b0e9a3e-0000-4000-8000-00000000b007',
  addresses: ['InternalIP=10.0.0.5', 'Hostname=node-1'],
};
const expected = (overrides: Partial<ExpectedHost> = {}): ExpectedHost => ({
  operationId: 'op-1',
  node: NODE,
  cluster: { kubeSystemUid: 'k', caHashes: ['ca-hash'] },
  otherNodes: [{ nodeName: 'node-2', machineID: 'ffff', systemUUID: 'eeee' }],
  ...overrides,
});
const expectedNode = (overrides: Partial<NodeMachine>): ExpectedHost => expected({ node: { ...NODE, ...overrides } });
const MARKER: HostMarker = {
  operationId: 'op-1',
  nodeName: 'node-1',
  nodeUid: 'uid-1',
  machineID: NODE.machineID,
  caHashes: ['ca-hash'],
};
/** Without the kubelet's credentials, as after the cleanup. */
const bare = (overrides: Partial<HostFacts> = {}): HostFacts => {
  const { kubeletIdentity: _, ...facts } = hostFacts();
  return { ...facts, ...overrides };
};
/** No DMI: the kubelet reports the machine ID for both. */
const ONE_ID = { systemUUID: NODE.machineID };

const MACHINE = ['machine ID', 'system UUID'];
const KUBELET = 'kubelet certificate and cluster CA';
const SUPPORT = ['address 10.0.0.5', 'boot ID'];

describe('judgeHostIdentity proves', () => {
  const cases: [name: string, facts: HostFacts, host: ExpectedHost, signals: string[]][] = [
    ['everything matches', hostFacts(), expected(), [...MACHINE, KUBELET, ...SUPPORT]],
    [
      'letter case does not matter',
      hostFacts({ machineID: NODE.machineID.toUpperCase(), systemUUID: NODE.systemUUID.toUpperCase() }),
      expected(),
      [...MACHINE, KUBELET, ...SUPPORT],
    ],
    [
      'equal ids count once, the kubelet is the second proof',
      hostFacts(ONE_ID),
      expectedNode(ONE_ID),
      ['machine ID (the same as its system UUID)', KUBELET, ...SUPPORT],
    ],
    [
      'no system UUID on either side, the kubelet is the second proof',
      hostFacts({ systemUUID: '' }),
      expectedNode({ systemUUID: '' }),
      ['machine ID', KUBELET, ...SUPPORT],
    ],
    [
      "this run's marker replaces the kubelet",
      bare({ ...ONE_ID, marker: MARKER }),
      expectedNode(ONE_ID),
      ['machine ID (the same as its system UUID)', "this run's marker", ...SUPPORT],
    ],
    [
      'with both, only the kubelet counts, not the marker too',
      hostFacts({ marker: MARKER }),
      expected(),
      [...MACHINE, KUBELET, ...SUPPORT],
    ],
    [
      'a kubelet that trusts the old and the new CA, while it is rotated',
      hostFacts({ kubeletIdentity: { commonName: 'system:node:node-1', caHashes: ['ca-hash', 'new'] } }),
      expected(),
      [...MACHINE, KUBELET, ...SUPPORT],
    ],
    [
      "this run's marker with the old and the new CA",
      bare({ ...ONE_ID, marker: { ...MARKER, caHashes: ['ca-hash', 'old'] } }),
      expectedNode(ONE_ID),
      ['machine ID (the same as its system UUID)', "this run's marker", ...SUPPORT],
    ],
    [
      'a marker of another run is ignored',
      hostFacts({ marker: { ...MARKER, operationId: 'op-0', nodeName: 'node-9', nodeUid: 'uid-9' } }),
      expected(),
      [...MACHINE, KUBELET, ...SUPPORT],
    ],
    [
      'the Node has no known address',
      hostFacts(),
      expectedNode({ addresses: ['Hostname=elsewhere', 'ExternalIP=203.0.113.9'] }),
      [...MACHINE, KUBELET, 'boot ID'],
    ],
    [
      'any of several addresses',
      hostFacts(),
      expectedNode({ addresses: ['InternalIP=192.0.2.1', 'InternalIP=FD00::5'] }),
      [...MACHINE, KUBELET, 'address FD00::5', 'boot ID'],
    ],
    [
      "other addresses once this run's marker exists",
      bare({ marker: MARKER, addresses: ['10.0.0.99'] }),
      expected(),
      [...MACHINE, "this run's marker", 'boot ID'],
    ],
    [
      'a machine ID that another Node also has counts for nothing: the other two prove',
      hostFacts(),
      expected({ otherNodes: [{ nodeName: 'node-7', machineID: NODE.machineID.toUpperCase(), systemUUID: 'x' }] }),
      ['system UUID', KUBELET, ...SUPPORT],
    ],
    [
      'a system UUID that other Nodes also have counts for nothing: the other two prove',
      hostFacts(),
      expected({
        otherNodes: ['a', 'b'].map((nodeName) => ({ nodeName, machineID: nodeName, systemUUID: NODE.systemUUID })),
      }),
      ['machine ID', KUBELET, ...SUPPORT],
    ],
  ];
  it.each(cases)('%s', (_name, facts, host, signals) => {
    expect(judgeHostIdentity(facts, host)).toEqual({ kind: 'proven', signals, wasRestarted: false });
  });

  it('a host that was restarted, and reports the restart', () => {
    expect(judgeHostIdentity(hostFacts({ bootID: 'another' }), expected())).toEqual({
      kind: 'proven',
      signals: [...MACHINE, KUBELET, 'address 10.0.0.5'],
      wasRestarted: true,
    });
  });
});

describe('judgeHostIdentity refuses', () => {
  const cases: [name: string, facts: HostFacts, host: ExpectedHost, reason: string][] = [
    [
      'another machine ID',
      hostFacts({ machineID: 'aaaa' }),
      expected(),
      `its machine ID is aaaa, the Node's is ${NODE.machineID}`,
    ],
    ['another system UUID', hostFacts({ systemUUID: 'aaaa' }), expected(), 'its system UUID is aaaa'],
    ['a host without a machine ID', hostFacts({ machineID: '' }), expected(), 'its machine ID is empty'],
    ['a Node without a machine ID', hostFacts(), expectedNode({ machineID: '' }), 'has no machine ID'],
    [
      'empty machine IDs on both sides',
      hostFacts({ machineID: '' }),
      expectedNode({ machineID: '' }),
      'has no machine ID',
    ],
    ['a host without a system UUID', hostFacts({ systemUUID: '' }), expected(), 'its system UUID is empty'],
    ['a Node without a system UUID', hostFacts(), expectedNode({ systemUUID: '' }), "the Node's is empty"],
    [
      'a certificate of another node',
      hostFacts({ kubeletIdentity: { commonName: 'system:node:node-2', caHashes: ['ca-hash'] } }),
      expected(),
      'its kubelet certificate is for system:node:node-2, not for system:node:node-1',
    ],
    [
      "another cluster's CA",
      hostFacts({ kubeletIdentity: { commonName: 'system:node:node-1', caHashes: ['other'] } }),
      expected(),
      "its kubelet trusts another cluster's CA",
    ],
    [
      "none of the Node's addresses",
      hostFacts({ addresses: ['10.0.0.6'] }),
      expected(),
      "none of the Node's addresses (10.0.0.5)",
    ],
    [
      'a machine ID and a system UUID that other Nodes also have, whatever the host holds',
      hostFacts(),
      expected({
        otherNodes: ['a', 'b'].map((nodeName) => ({
          nodeName,
          machineID: NODE.machineID,
          systemUUID: nodeName === 'b' ? NODE.systemUUID : 'x',
        })),
      }),
      '(its machine ID is also that of node a, b, its system UUID is also that of node b: cloned machines, so it proves nothing)',
    ],
    [
      'a cloned machine ID on a host without a system UUID of its own',
      hostFacts(ONE_ID),
      expected({
        node: { ...NODE, ...ONE_ID },
        otherNodes: [{ nodeName: 'node-7', machineID: NODE.machineID, ...ONE_ID }],
      }),
      'only kubelet certificate and cluster CA matches',
    ],
    [
      'two different ids, which a host only claims, without the kubelet',
      bare(),
      expected(),
      'only machine ID, system UUID matches',
    ],
    [
      'two different ids and a kubelet whose kubeconfig has no CA',
      hostFacts({ kubeletIdentity: { commonName: 'system:node:node-1', caHashes: [] } }),
      expected(),
      'only machine ID, system UUID matches',
    ],
    [
      'equal ids and nothing else',
      bare(ONE_ID),
      expectedNode(ONE_ID),
      'only machine ID (the same as its system UUID) matches',
    ],
    [
      'a machine ID that was derived from the system UUID, and nothing else',
      bare({ machineID: NODE.systemUUID.replaceAll('-', '') }),
      expectedNode({ machineID: NODE.systemUUID.replaceAll('-', '') }),
      'only machine ID (the same as its system UUID) matches',
    ],
    [
      'no known CA of the cluster, and equal ids',
      hostFacts(ONE_ID),
      expected({ node: { ...NODE, ...ONE_ID }, cluster: { kubeSystemUid: 'k', caHashes: [] } }),
      'two independent proofs are required',
    ],
    [
      "only another run's marker",
      bare({ ...ONE_ID, marker: { ...MARKER, operationId: 'op-0' } }),
      expectedNode(ONE_ID),
      "An earlier run (op-0) removed this node's credentials from the host: if only the Node object is left, set `hostCleanup: skip`.",
    ],
    [
      "another run's marker for another node",
      bare({ ...ONE_ID, marker: { ...MARKER, operationId: 'op-0', nodeName: 'node-9' } }),
      expectedNode(ONE_ID),
      "the kubelet's client certificate with the cluster's CA, and the machine ID or the system UUID. The host is left untouched",
    ],
    [
      "this run's marker for another Node's UID",
      bare({ marker: { ...MARKER, nodeUid: 'uid-9' } }),
      expected(),
      "this run's marker on it is for node node-1 with UID uid-9",
    ],
    [
      "this run's marker of another machine",
      bare({ marker: { ...MARKER, machineID: 'copied' } }),
      expected(),
      "this run's marker on it",
    ],
    [
      "this run's marker of another cluster",
      hostFacts({ marker: { ...MARKER, caHashes: ['other'] } }),
      expected(),
      "this run's marker on it",
    ],
    [
      'one contradiction against many proofs',
      hostFacts({ machineID: 'aaaa', marker: MARKER }),
      expected(),
      'its machine ID is aaaa',
    ],
  ];
  it.each(cases)('%s', (_name, facts, host, reason) => {
    const judgement = judgeHostIdentity(facts, host);
    expect(judgement).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) as unknown });
    expect(JSON.stringify(judgement)).toContain('The host is left untouched');
  });

  it('lists every contradiction', () => {
    const judgement = judgeHostIdentity(
      hostFacts({ machineID: 'a', systemUUID: 'b', addresses: ['10.0.0.6'] }),
      expected(),
    );
    expect(judgement).toMatchObject({
      reason: expect.stringMatching(/machine ID is a.*system UUID is b.*addresses/) as unknown,
    });
  });
});
