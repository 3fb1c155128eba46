import type { Stack } from '../../../stack/stack.ts';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';

/** One change after which a host cannot be verified to be that of its Node. */
export interface IdentityFault {
  /** Completes "… whose". */
  readonly name: string;
  /** Part of the message. */
  readonly expectedText: string;
  readonly apply: (scene: IdentityScene) => Promise<void>;
  readonly revert: (scene: IdentityScene) => Promise<void>;
}

/** The kubelets of both are suspended, so that the status of the Nodes stays as written. */
export interface IdentityScene {
  readonly stack: Stack;
  readonly host: RealNode;
  /** The host of another Node. */
  readonly other: RealNode;
}

const MACHINE_ID = '/etc/machine-id';
const CERTIFICATE = '/var/lib/kubelet/pki/kubelet-client-current.pem';
const KUBECONFIG = '/etc/kubernetes/kubelet.conf';
const OTHER_ID = '0123456789abcdef0123456789abcdef';

/** Replaces a file of the host. */
const replaceFile = (
  name: string,
  expectedText: string,
  path: string,
  toCommand: (kept: string, scene: IdentityScene) => string,
): IdentityFault => ({
  name,
  expectedText,
  apply: async (scene) => {
    await scene.host.read(`mv ${path} /root/kept && ${toCommand('/root/kept', scene)}`);
  },
  revert: async ({ host }) => {
    await host.read(`mv -f /root/kept ${path}`);
  },
});

/** Replaces a value in the status of a Node, until the original is restored. */
const replaceStatus = (
  name: string,
  expectedText: string,
  toNode: (scene: IdentityScene) => RealNode,
  change: (status: Status, scene: IdentityScene) => Promise<object> | object,
): IdentityFault => {
  let kept: Status | undefined;
  const toPath = (scene: IdentityScene): string => `/api/v1/nodes/${toNode(scene).name}`;
  return {
    name,
    expectedText,
    apply: async (scene) => {
      kept = await readStatus(scene.stack, toPath(scene));
      await scene.stack.api.patch(`${toPath(scene)}/status`, { status: await change(kept, scene) });
    },
    revert: async (scene) => {
      await scene.stack.api.patch(`${toPath(scene)}/status`, { status: kept });
    },
  };
};

interface Status {
  readonly nodeInfo: { readonly machineID: string; readonly systemUUID: string };
  readonly addresses: readonly object[];
}

const readStatus = async ({ api }: Stack, path: string): Promise<Status> => {
  const { nodeInfo, addresses } = (await api.read(path)).status as unknown as Status;
  return { nodeInfo, addresses };
};

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const stranger = createCertificateAuthority('stranger');
const { certificate, key } = stranger.issue({ commonName: 'system:node:stranger', usage: 'client' });

const memberOfEtcd: IdentityFault = {
  name: 'disk has a member of etcd',
  expectedText: '/var/lib/etcd/member exists',
  apply: async ({ host }) => {
    await host.read('mkdir -p /var/lib/etcd/member');
  },
  revert: async ({ host }) => {
    await host.read('rmdir /var/lib/etcd/member');
  },
};

/** Each signal of a host's identity, wrong or missing, and a role that prevents cleanup. */
export const IDENTITY_FAULTS: readonly IdentityFault[] = [
  replaceFile('machine ID is another', 'its machine ID is', MACHINE_ID, () => `echo ${OTHER_ID} >${MACHINE_ID}`),
  replaceFile('machine ID is missing', 'its machine ID is empty', MACHINE_ID, () => 'true'),
  replaceStatus(
    'system UUID is another',
    'its system UUID is',
    ({ host }) => host,
    () => ({ nodeInfo: { systemUUID: OTHER_ID } }),
  ),
  replaceStatus(
    'machine ID another Node has too',
    ': cloned machines, so it proves nothing',
    ({ other }) => other,
    async (_status, { stack, host }) => {
      const { nodeInfo } = await readStatus(stack, `/api/v1/nodes/${host.name}`);
      return { nodeInfo: { machineID: nodeInfo.machineID.toUpperCase() } };
    },
  ),
  replaceFile(
    'kubelet has the certificate of another node',
    'its kubelet certificate is for system:node:stranger',
    CERTIFICATE,
    () => `echo ${encode(certificate + key)} | base64 -d >${CERTIFICATE}`,
  ),
  replaceFile(
    'kubelet has no certificate',
    'only machine ID (the same as its system UUID) matches',
    CERTIFICATE,
    () => 'true',
  ),
  replaceFile(
    "kubelet trusts another cluster's CA",
    "its kubelet trusts another cluster's CA",
    KUBECONFIG,
    (kept) =>
      `sed 's,certificate-authority-data: .*,certificate-authority-data: ${encode(stranger.certificate)},' ${kept} >${KUBECONFIG}`,
  ),
  replaceStatus(
    'addresses are others',
    "it has none of the Node's addresses (192.0.2.7)",
    ({ host }) => host,
    () => ({ addresses: [{ type: 'InternalIP', address: '192.0.2.7' }] }),
  ),
  memberOfEtcd,
];
