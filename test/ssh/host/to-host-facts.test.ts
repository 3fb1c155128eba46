import { describe, expect, it } from '@jest/globals';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import { splitCaBundle } from '../../../src/domain/cluster/ca-bundle.ts';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import { toCaHashes } from '../../../src/kube/facts/read-ca-hashes.ts';
import { Answer } from '../../../src/ssh/host/answer.ts';
import { toHostFacts } from '../../../src/ssh/host/to-host-facts.ts';

const authority = createCertificateAuthority('ca');
const other = createCertificateAuthority('other');
const client = authority.issue({ commonName: 'system:node:n1', organization: 'system:nodes', usage: 'client' });
const factsOf = (...lines: readonly string[]): ReturnType<typeof toHostFacts> =>
  toHostFacts(new Answer([...lines, 'end'].join('\n')));

describe('toHostFacts', () => {
  it('is empty, undefined or absent where the host reported nothing', () => {
    expect(factsOf()).toEqual({
      machineID: '',
      systemUUID: '',
      bootID: '',
      hostName: '',
      addresses: [],
      controlPlaneSigns: [],
      isRoot: false,
      hasSystemd: false,
      units: [],
      sandboxCount: undefined,
      containerCount: undefined,
      shimPids: [],
      busyPodCgroups: [],
      mounts: [],
      volumeMounts: [],
      kubeletPortIsOpen: undefined,
      runningProxies: [],
      credentialPaths: [],
      layout: { facts: [], preview: { touched: [], kept: [] } },
      unknowns: [],
      unseen: [],
    });
  });

  it("reads the kubelet's identity, with the same hashes of the CA as the cluster's", () => {
    const certificate = `certificate\t${splitCaBundle(client.certificate).join()}`;
    const bundle = [
      `ca\t${splitCaBundle(other.certificate).join()}`,
      `ca\t${splitCaBundle(authority.certificate).join()}`,
    ];
    expect(factsOf(certificate, ...bundle).kubeletIdentity).toEqual({
      commonName: 'system:node:n1',
      caHashes: toCaHashes(authority.certificate + other.certificate),
    });
    expect(factsOf(certificate).kubeletIdentity).toEqual({ commonName: 'system:node:n1', caHashes: [] });
  });

  it.each(['AAAA', '', 'not base64!'])('has no identity for the certificate %j', (certificate) => {
    expect(factsOf(`certificate\t${certificate}`).kubeletIdentity).toBeUndefined();
  });

  it("decodes the kernel's mount points", () => {
    expect(factsOf('mount\t/k/pods/u1/volumes/a\\040b\\134c\ttmpfs\tu1', 'mount\t/k/plugins/x\text4').mounts).toEqual([
      { path: '/k/pods/u1/volumes/a b\\c', fileSystem: 'tmpfs', podUid: 'u1' },
      { path: '/k/plugins/x', fileSystem: 'ext4' },
    ]);
  });

  it('formats addresses as the kubelet does, each once', () => {
    expect(
      factsOf(
        ...['10.0.0.5', 'fd00:0000:0000:0000:0000:0000:0000:0005', 'FD00::5', '10.0.0.5'].map(
          (one) => `address\t${one}`,
        ),
      ).addresses,
    ).toEqual(['10.0.0.5', 'fd00::5']);
  });

  it('reads units, runtime and numbers', () => {
    const facts = factsOf(
      'unit\tkubelet.service\tnot-found\tinactive\t-',
      'runtime\tdocker\tdocker\t1\t-\t/run/cri-dockerd.sock\t/var/lib/docker\t/run/docker\tmoby',
      'runtimeUsers\tknown',
      'runtimeUser\tnamed volumes (2)',
      'runtimeUnit\tcri-docker.service\town',
      'runtimeUnit\tdocker.service\tshared',
      'sandbox\t3',
      'container\tmany',
      'shim\t4711',
      'kubeletPort\t0',
    );
    expect(facts).toMatchObject({
      units: [{ name: 'kubelet.service', loadState: 'not-found', activeState: 'inactive', unitFileState: '' }],
      runtime: {
        kind: 'docker',
        tool: 'docker',
        answers: true,
        endpoint: '/run/cri-dockerd.sock',
        units: [
          { name: 'cri-docker.service', isShared: false },
          { name: 'docker.service', isShared: true },
        ],
        usedBy: ['named volumes (2)'],
      },
      sandboxCount: 3,
      containerCount: undefined,
      shimPids: [4711],
      kubeletPortIsOpen: false,
    });
  });

  const runtimes: [name: string, lines: string[], runtime: HostFacts['runtime']][] = [
    ['an unknown kind', ['runtime\tsomething\t-\t0\t-\t/run/x.sock'], undefined],
    [
      'one of an agent, without a tool',
      ['runtime\tcontainerd\t-\t0\tagent\t/run/k0s.sock'],
      {
        kind: 'containerd',
        answers: false,
        endpoint: '/run/k0s.sock',
        units: [],
        usedBy: undefined,
        belongsToAgent: true,
      },
    ],
  ];
  it.each(runtimes)('reads a runtime: %s', (_name, lines, runtime) => {
    expect(factsOf(...lines).runtime).toEqual(runtime);
  });
});
