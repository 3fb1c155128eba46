import type { Stack } from '../../../stack/stack.ts';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';

/** One thing by which a host stops being that of its Node, as far as anybody can tell. */
export interface Disguise {
  /** Completes "… whose". */
  readonly name: string;
  /** Part of the sentence that a person is given. */
  readonly told: string;
  readonly putOn: (scene: DisguiseScene) => Promise<void>;
  readonly takeOff: (scene: DisguiseScene) => Promise<void>;
}

/** The kubelets of both are frozen, so that the Nodes' status stays as it is written. */
export interface DisguiseScene {
  readonly stack: Stack;
  readonly host: RealNode;
  /** The host of another Node. */
  readonly other: RealNode;
}

const MACHINE_ID = '/etc/machine-id';
const CERTIFICATE = '/var/lib/kubelet/pki/kubelet-client-current.pem';
const KUBECONFIG = '/etc/kubernetes/kubelet.conf';
const OTHER_ID = '0123456789abcdef0123456789abcdef';

/** Other bytes in a file of the host's. */
const exchange = (
  name: string,
  told: string,
  path: string,
  toCommand: (kept: string, scene: DisguiseScene) => string,
): Disguise => ({
  name,
  told,
  putOn: async (scene) => {
    await scene.host.read(`mv ${path} /root/kept && ${toCommand('/root/kept', scene)}`);
  },
  takeOff: async ({ host }) => {
    await host.read(`mv -f /root/kept ${path}`);
  },
});

/** Another value in the status of a Node, until its own is written back. */
const restate = (
  name: string,
  told: string,
  toNode: (scene: DisguiseScene) => RealNode,
  change: (status: Status, scene: DisguiseScene) => Promise<object> | object,
): Disguise => {
  let kept: Status | undefined;
  const toPath = (scene: DisguiseScene): string => `/api/v1/nodes/${toNode(scene).name}`;
  return {
    name,
    told,
    putOn: async (scene) => {
      kept = await readStatus(scene.stack, toPath(scene));
      await scene.stack.api.patch(`${toPath(scene)}/status`, { status: await change(kept, scene) });
    },
    takeOff: async (scene) => {
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

const memberOfEtcd: Disguise = {
  name: 'disk has a member of etcd',
  told: '/var/lib/etcd/member exists',
  putOn: async ({ host }) => {
    await host.read('mkdir -p /var/lib/etcd/member');
  },
  takeOff: async ({ host }) => {
    await host.read('rmdir /var/lib/etcd/member');
  },
};

/** Each signal of a host's identity, wrong or missing, and a role that forbids it. */
export const DISGUISES: readonly Disguise[] = [
  exchange('machine ID is another', 'its machine ID is', MACHINE_ID, () => `echo ${OTHER_ID} >${MACHINE_ID}`),
  exchange('machine ID is missing', 'its machine ID is empty', MACHINE_ID, () => 'true'),
  restate(
    'system UUID is another',
    'its system UUID is',
    ({ host }) => host,
    () => ({ nodeInfo: { systemUUID: OTHER_ID } }),
  ),
  restate(
    'machine ID another Node has too',
    'cloned machines?',
    ({ other }) => other,
    async (_status, { stack, host }) => {
      const { nodeInfo } = await readStatus(stack, `/api/v1/nodes/${host.name}`);
      return { nodeInfo: { machineID: nodeInfo.machineID.toUpperCase() } };
    },
  ),
  exchange(
    'kubelet has the certificate of another node',
    'its kubelet certificate is for system:node:stranger',
    CERTIFICATE,
    () => `echo ${encode(certificate + key)} | base64 -d >${CERTIFICATE}`,
  ),
  exchange(
    'kubelet has no certificate',
    'only machine ID (the same as its system UUID) matches',
    CERTIFICATE,
    () => 'true',
  ),
  exchange(
    "kubelet trusts another cluster's CA",
    "its kubelet trusts another cluster's CA",
    KUBECONFIG,
    (kept) =>
      `sed 's,certificate-authority-data: .*,certificate-authority-data: ${encode(stranger.certificate)},' ${kept} >${KUBECONFIG}`,
  ),
  restate(
    'addresses are others',
    "it has none of the Node's addresses (192.0.2.7)",
    ({ host }) => host,
    () => ({ addresses: [{ type: 'InternalIP', address: '192.0.2.7' }] }),
  ),
  memberOfEtcd,
];
