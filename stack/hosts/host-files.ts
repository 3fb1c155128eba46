import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { stringify } from 'yaml';

import { SUBNET_BITS } from './host-network.ts';
import { toKubeconfigText, toNodeFlags } from './kubelet-files.ts';
import type { HostLayout, JoinedHost } from './layouts/host-layout.ts';
import type { RealNodeFixture } from './real-node-fixture.ts';

/** The values from which a host's own files are written. */
export interface HostIdentity extends JoinedHost {
  readonly fixture: RealNodeFixture;
  /** /24 of the pods, e.g. `10.88.1`: visible inside this host only. */
  readonly podSubnet: string;
  /** The line for authorized_keys. */
  readonly authorizedKey: string;
}

/** Users that may log in with the run's key; ids as assigned by `useradd` in the image. */
export const HOST_USERS = { root: 0, ops: 1000, guest: 1001 } as const;

/**
 * Writes what an installer and `kubeadm join`, or the fixture's layouts, leave on a host to the uppermost layer of its root.
 * SSH host keys are not included.
 */
export const writeHostFiles = (root: string, identity: HostIdentity): void => {
  const write = (path: string, text: string, mode = 0o644): void => {
    writeHostFile(root, path, text, mode);
  };
  const layouts = (identity.fixture.layouts ?? []).map((toLayout) => toLayout(identity));
  writeIdentity(write, identity);
  writeNetwork(write, identity);
  if (!layouts.some(({ isOwnInstallation = false }) => isOwnInstallation)) {
    writeKubeadmLayout(root, write, identity, layouts);
  }
  for (const layout of layouts) writeLayout(root, write, layout);
  writeAuthorizedKeys(root, identity.authorizedKey);
  if (identity.fixture.docker === true) enableDocker(root);
  for (const [path, text] of Object.entries(identity.fixture.files ?? {})) write(path, text, 0o600);
};

type Write = (path: string, text: string, mode?: number) => void;

const writeIdentity = (write: Write, { fixture, address }: HostIdentity): void => {
  write('/etc/hostname', `${fixture.name}\n`);
  write('/etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444);
  write('/etc/hosts', `127.0.0.1 localhost\n${address} ${fixture.name}\n`);
};

/** No gateway and no name server: a host reaches its own subnet only. */
const writeNetwork = (write: Write, { address, podSubnet }: HostIdentity): void => {
  write('/etc/resolv.conf', '# This host has no name server.\n');
  write(
    '/etc/systemd/network/10-host0.network',
    `[Match]\nName=host0\n\n[Network]\nAddress=${address}/${SUBNET_BITS}\nDHCP=no\nLinkLocalAddressing=no\nLLDP=no\n`,
  );
  const ipam = { type: 'host-local', ranges: [[{ subnet: `${podSubnet}.0/24` }]], routes: [{ dst: '0.0.0.0/0' }] };
  const plugins = [
    { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: false, hairpinMode: true, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ];
  write('/etc/cni/net.d/10-bridge.conflist', JSON.stringify({ cniVersion: '1.0.0', name: 'pods', plugins }));
};

const writeKubeadmLayout = (
  root: string,
  write: Write,
  identity: HostIdentity,
  layouts: readonly HostLayout[],
): void => {
  const { fixture, clusterAuthority, kubelet } = identity;
  const joinedAt = new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-');
  const pair = `/var/lib/kubelet/pki/kubelet-client-${joinedAt}.pem`;
  const current = '/var/lib/kubelet/pki/kubelet-client-current.pem';
  write('/etc/kubernetes/pki/ca.crt', clusterAuthority);
  write(pair, `${kubelet.certificate}${kubelet.key}`, 0o600);
  symlinkSync(pair, join(root, current));
  const credentials = { 'client-certificate': current, 'client-key': current };
  write('/etc/kubernetes/kubelet.conf', toKubeconfigText(identity, credentials), 0o600);
  const taints = (fixture.taints ?? []).map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).join(',');
  const flags = [...toNodeFlags(identity), ...layouts.flatMap(({ kubeletFlags = [] }) => kubeletFlags)];
  if (taints !== '') flags.push(`--register-with-taints=${taints}`);
  write('/var/lib/kubelet/kubeadm-flags.env', `KUBELET_KUBEADM_ARGS="${flags.join(' ')}"\n`);
  for (const pod of fixture.staticPods ?? [])
    write(`/etc/kubernetes/manifests/${pod.metadata.name}.yaml`, stringify(pod), 0o600);
};

const writeLayout = (root: string, write: Write, layout: HostLayout): void => {
  const { files = {}, links = {}, without = [], enabledUnits = [] } = layout;
  // In an overlay, a character device 0/0 hides what the layers below have at its path.
  for (const path of without) execFileSync('mknod', [makeFolderOf(root, path), 'c', '0', '0']);
  for (const [path, text] of Object.entries(files)) write(path, text, text.startsWith('#!') ? 0o755 : 0o600);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, makeFolderOf(root, path));
  for (const unit of enabledUnits) {
    symlinkSync(
      `/etc/systemd/system/${unit}`,
      makeFolderOf(root, `/etc/systemd/system/multi-user.target.wants/${unit}`),
    );
  }
};

/** @returns where the path is on this machine */
const makeFolderOf = (root: string, path: string): string => {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  return place;
};

const writeAuthorizedKeys = (root: string, authorizedKey: string): void => {
  for (const [user, id] of Object.entries(HOST_USERS)) {
    const home = join(root, user === 'root' ? '/root' : `/home/${user}`);
    mkdirSync(dirname(home), { recursive: true });
    // Owner and mode in this layer override those in the image.
    for (const folder of [home, join(home, '.ssh')]) {
      mkdirSync(folder, { mode: 0o700 });
      chownSync(folder, id, id);
    }
    const keys = join(home, '.ssh/authorized_keys');
    writeFileSync(keys, authorizedKey, { mode: 0o600 });
    chownSync(keys, id, id);
  }
};

const enableDocker = (root: string): void => {
  const units = {
    'multi-user.target.wants/docker.service': '/lib/systemd/system/docker.service',
    'multi-user.target.wants/docker-images.service': '/etc/systemd/system/docker-images.service',
    'sockets.target.wants/docker.socket': '/lib/systemd/system/docker.socket',
  };
  for (const [link, unit] of Object.entries(units)) {
    symlinkSync(unit, makeFolderOf(root, join('/etc/systemd/system', link)));
  }
};

const writeHostFile = (root: string, path: string, text: string, mode: number): void => {
  writeFileSync(makeFolderOf(root, path), text, { mode });
};
