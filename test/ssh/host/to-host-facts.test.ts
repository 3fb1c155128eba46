import { describe, expect, it } from '@jest/globals';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import { normalizeCaBundle } from '../../../src/domain/cluster/ca-bundle.ts';
import { toCaHash } from '../../../src/kube/facts/read-ca-hash.ts';
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
      runtimes: [],
      sandboxCount: undefined,
      containerCount: undefined,
      shimPids: [],
      busyPodCgroups: [],
      mounts: [],
      kubeletPortIsOpen: undefined,
      credentialPaths: [],
      layout: { facts: [], preview: { touched: [], kept: [] } },
      unknowns: [],
      unseen: [],
    });
  });

  it("reads the kubelet's identity, with the same hash of the CA as the cluster's", () => {
    const certificate = `certificate\t${normalizeCaBundle(client.certificate)}`;
    const bundle = [`ca\t${normalizeCaBundle(other.certificate)}`, `ca\t${normalizeCaBundle(authority.certificate)}`];
    expect(factsOf(certificate, ...bundle).kubeletIdentity).toEqual({
      commonName: 'system:node:n1',
      caHash: toCaHash(authority.certificate + other.certificate),
    });
    expect(factsOf(certificate).kubeletIdentity).toEqual({ commonName: 'system:node:n1', caHash: '' });
  });

  it.each(['AAAA', '', 'not base64!'])('has no identity for the certificate %j', (certificate) => {
    expect(factsOf(`certificate\t${certificate}`).kubeletIdentity).toBeUndefined();
  });

  it("decodes the kernel's mount points, and finds their pods below the kubelet's directory", () => {
    const { mounts } = factsOf(
      'kubeletDirectory\t/data/kubelet',
      'kubeletDirectory\t/var/lib/kubelet',
      'mount\t/var/lib/kubelet/pods/u1/volumes/a\\040b\\134c\ttmpfs',
      'mount\t/data/kubelet/pods/u2\tnfs4',
      'mount\t/var/lib/kubelet/plugins/x\text4',
    );
    expect(mounts).toEqual([
      { path: '/var/lib/kubelet/pods/u1/volumes/a b\\c', fileSystem: 'tmpfs', podUid: 'u1' },
      { path: '/data/kubelet/pods/u2', fileSystem: 'nfs4', podUid: 'u2' },
      { path: '/var/lib/kubelet/plugins/x', fileSystem: 'ext4' },
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

  it('reads units, runtimes and numbers', () => {
    const facts = factsOf(
      'unit\tkubelet.service\tnot-found\tinactive\t-',
      'runtime\tcontainerd\tcrictl\t1\t0',
      'runtime\tdocker\t-\t0\t-',
      'runtime\tsomething\t-\t0\t-',
      'sandbox\t3',
      'container\tmany',
      'shim\t4711',
      'kubeletPort\t0',
    );
    expect(facts).toMatchObject({
      units: [{ name: 'kubelet.service', loadState: 'not-found', activeState: 'inactive', unitFileState: '' }],
      runtimes: [
        { kind: 'containerd', tool: 'crictl', answers: true, foreignContainerCount: 0 },
        { kind: 'docker', answers: false, foreignContainerCount: undefined },
      ],
      sandboxCount: 3,
      containerCount: undefined,
      shimPids: [4711],
      kubeletPortIsOpen: false,
    });
  });
});
