import type { CleanupPreview, PreviewItem, PreviewKind } from './preview.ts';

/** `restart`: a restart of the machine removes it. `manual`: stays until an operator removes it. `none`: another cluster ignores it. */
export type Removal = 'restart' | 'manual' | 'none';

export interface KindText {
  /** Plural, e.g. `firewall rules`. */
  readonly title: string;
  /** Of what stays. */
  readonly removal: Removal;
  /** The detail of each item adds nothing for readers. */
  readonly namesSuffice?: true;
}

/** In the order in which they are shown: what could not be read comes last. */
export const KIND_TEXTS: Readonly<Record<PreviewKind, KindText>> = {
  unit: { title: 'units', removal: 'none' },
  runtime: { title: 'container runtimes', removal: 'none' },
  container: { title: 'containers', removal: 'none' },
  process: { title: 'processes', removal: 'none' },
  mount: { title: 'mounts', removal: 'none' },
  directory: { title: 'directories', removal: 'none' },
  file: { title: 'files', removal: 'none' },
  kubeconfig: { title: 'kubeconfigs', removal: 'none' },
  link: { title: 'network links', removal: 'restart', namesSuffice: true },
  address: { title: 'addresses', removal: 'restart' },
  networkNamespace: { title: 'network namespaces', removal: 'restart', namesSuffice: true },
  firewall: { title: 'firewall rules', removal: 'restart' },
  ipvs: { title: 'IPVS services', removal: 'restart' },
  bpf: { title: 'BPF objects', removal: 'restart' },
  blockDevice: { title: 'open block devices', removal: 'restart' },
  cniConfiguration: { title: 'CNI configuration', removal: 'manual', namesSuffice: true },
  cniState: { title: 'CNI plugins and their state', removal: 'manual' },
  image: { title: 'images', removal: 'none' },
  log: { title: 'pod logs', removal: 'none' },
  machineState: { title: 'masked units and records', removal: 'none' },
  unseen: { title: 'not readable', removal: 'none' },
};

export const PREVIEW_KINDS = Object.keys(KIND_TEXTS) as readonly PreviewKind[];

/** Number of items by kind; a kind without items is absent. */
export type PreviewCounts = Readonly<Partial<Record<PreviewKind, number>>>;

export const countByKind = (items: readonly PreviewItem[]): PreviewCounts =>
  addCounts(items.map(({ kind }) => ({ [kind]: 1 })));

/** The sum of several counts, in the order of `PREVIEW_KINDS`. */
export const addCounts = (all: readonly PreviewCounts[]): PreviewCounts =>
  Object.fromEntries(
    PREVIEW_KINDS.map((kind) => [kind, all.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0)] as const).filter(
      ([, count]) => count > 0,
    ),
  );

/** At most `limit` items of each kind, by kind; within a kind in their given order. */
export const limitByKind = (items: readonly PreviewItem[], limit: number): readonly PreviewItem[] =>
  PREVIEW_KINDS.flatMap((kind) => items.filter((item) => item.kind === kind).slice(0, limit));

/**
 * What stays on a node's host: without CNI configuration that a stage removes (a kubeconfig), and without the node's own addresses, which
 * may be single ones beside others.
 *
 * @param addresses as `NodeFacts.addresses`, e.g. `InternalIP=10.0.0.5`
 */
export const toStaying = ({ touched, kept }: CleanupPreview, addresses: readonly string[]): readonly PreviewItem[] => {
  const touchedNames = new Set(touched.map(({ name }) => name));
  const own = new Set(addresses.map((address) => address.slice(address.indexOf('=') + 1).toLowerCase()));
  return kept.filter(
    ({ kind, name }) =>
      !(kind === 'cniConfiguration' && touchedNames.has(name)) && !(kind === 'address' && own.has(name.toLowerCase())),
  );
};
