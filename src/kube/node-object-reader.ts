import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { NodeObject, NodeObjectKind, NodeObjects } from '../domain/node/node-objects.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import { DiscoveryReader } from './discovery-reader.ts';
import { toPath } from './transport/api-client.ts';
import type { ApiClient } from './transport/api-client.ts';
import type { Wire } from './transport/wire.ts';

interface NodeObjectSource {
  readonly kind: NodeObjectKind;
  readonly group: string;
  /** The preferred one first; of the same form, as far as it is read. */
  readonly versions: readonly string[];
  readonly resource: string;
}

/** The namespace of kubelets' Leases: k/k `pkg/apis/core/v1`, `NamespaceNodeLease`. */
const LEASE_NAMESPACE = 'kube-node-lease';

const toSource = (
  kind: NodeObjectKind,
  group: string,
  resource: string,
  versions: NodeObjectSource['versions'] = ['v1'],
): NodeObjectSource => ({ kind, group, versions, resource });

const CSI_NODE = toSource('CSINode', 'storage.k8s.io', 'csinodes');
const LEASE = toSource('Lease', 'coordination.k8s.io', 'leases');
/** Each version selects them by `spec.nodeName`: k/k `pkg/apis/resource/<version>/conversion.go`. Kubernetes 1.34 serves v1. */
const RESOURCE_SLICE = toSource('ResourceSlice', 'resource.k8s.io', 'resourceslices', ['v1', 'v1beta2', 'v1beta1']);
const VOLUME_ATTACHMENT = toSource('VolumeAttachment', 'storage.k8s.io', 'volumeattachments');
/** Has the name of the node: cilium `pkg/nodediscovery`. */
const CILIUM_NODE = toSource('CiliumNode', 'cilium.io', 'ciliumnodes', ['v2']);
const BLOCK_AFFINITY = toSource('BlockAffinity', 'crd.projectcalico.org', 'blockaffinities');
const IPAM_BLOCK = toSource('IPAMBlock', 'crd.projectcalico.org', 'ipamblocks');

interface KeptObject {
  readonly metadata?: Wire<V1ObjectMeta>;
  readonly spec?: { readonly nodeName?: string };
}

/** calico `libcalico-go`, BlockAffinitySpec and IPAMBlockSpec. */
interface CalicoObject {
  readonly metadata?: Wire<V1ObjectMeta>;
  readonly spec?: {
    /** Of a BlockAffinity. */
    readonly node?: string;
    /** Of a BlockAffinity: absent in earlier versions, where each one is of a host. */
    readonly type?: string;
    readonly cidr?: string;
    /** Of an IPAMBlock: `host:<node>`. */
    readonly affinity?: string | null;
  };
}

interface Affinity {
  readonly block: string;
  readonly object: NodeObject;
}

/** API path segments of one version of a kind. */
type Root = readonly string[];

const NONE: NodeObjects = { objects: [], unread: [] };

/** Reads what other components keep for a node: one request for each kind, and one for each block of Calico. */
export class NodeObjectReader {
  readonly #client: ApiClient;
  readonly #discovery: DiscoveryReader;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#discovery = new DiscoveryReader(client);
  }

  /** Never throws a ClusterFailure: a kind that cannot be read is `unread`. */
  async read(nodeName: string): Promise<NodeObjects> {
    const parts = await Promise.all([
      this.#tryToRead(CSI_NODE, (root) => this.#readNamed(CSI_NODE, [...root, CSI_NODE.resource, nodeName])),
      this.#tryToRead(LEASE, (root) =>
        this.#readNamed(LEASE, [...root, 'namespaces', LEASE_NAMESPACE, LEASE.resource, nodeName]),
      ),
      this.#tryToRead(RESOURCE_SLICE, (root) =>
        this.#list(RESOURCE_SLICE, root, toKept(RESOURCE_SLICE, nodeName), {
          fieldSelector: `spec.nodeName=${nodeName}`,
        }),
      ),
      this.#tryToRead(VOLUME_ATTACHMENT, (root) =>
        this.#list(VOLUME_ATTACHMENT, root, toKept(VOLUME_ATTACHMENT, nodeName)),
      ),
      this.#tryToRead(CILIUM_NODE, (root) => this.#readNamed(CILIUM_NODE, [...root, CILIUM_NODE.resource, nodeName])),
      this.#readBlocks(nodeName),
    ]);
    return {
      objects: parts.flatMap(({ objects }) => objects),
      unread: parts.flatMap(({ unread }) => unread),
    };
  }

  /**
   * In the first version that is served. A path that is not served is answered with a 404 without a Status; without the permission it is
   * answered as one that is served, so discovery decides.
   */
  async #tryToRead(
    source: NodeObjectSource,
    read: (root: Root) => Promise<readonly NodeObject[]>,
  ): Promise<NodeObjects> {
    const { kind } = source;
    try {
      for (const version of source.versions) {
        const objects = await this.#readIfServed(source, version, read);
        if (objects !== undefined) return { objects, unread: [] };
      }
      return NONE;
    } catch (error) {
      if (!isClusterFailure(error)) throw error;
      return { objects: [], unread: [{ kind, reason: error.message }] };
    }
  }

  async #readIfServed(
    { kind, group }: NodeObjectSource,
    version: string,
    read: (root: Root) => Promise<readonly NodeObject[]>,
  ): Promise<readonly NodeObject[] | undefined> {
    try {
      return await read(['apis', group, version]);
    } catch (error) {
      if (!isClusterFailure(error)) throw error;
      if (error.status === 404) return undefined;
      if (error.reason !== 'Forbidden') throw error;
      const served = await this.#discovery.readKind(`${group}/${version}`, kind);
      if (served?.apiVersion === `${group}/${version}`) throw error;
      return undefined;
    }
  }

  async #readNamed(source: NodeObjectSource, path: Root): Promise<readonly NodeObject[]> {
    const purpose = `read ${source.kind} "${path.at(-1) ?? ''}"`;
    const found = await this.#client.read<KeptObject>(toPath(...path), purpose);
    return found === undefined ? [] : [toNodeObject(source, found.metadata)];
  }

  /** Those for which `toItem` returns something. */
  async #list<Item>(
    { resource }: NodeObjectSource,
    root: Root,
    toItem: (object: never) => Item | undefined,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly Item[]> {
    const path = toPath(...root, resource);
    const { items } = await this.#client.list({ path, purpose: `list ${resource}`, query, toItem });
    return items.filter((item) => item !== undefined);
  }

  /** A block that is affine to a node has a BlockAffinity, which names it: Calico writes the affinity first and deletes it last. */
  async #readBlocks(nodeName: string): Promise<NodeObjects> {
    let blocks: readonly string[] = [];
    const affinities = await this.#tryToRead(BLOCK_AFFINITY, async (root) => {
      const found = await this.#list(BLOCK_AFFINITY, root, (object: CalicoObject) => toAffinity(object, nodeName));
      blocks = found.map(({ block }) => block);
      return found.map(({ object }) => object);
    });
    if (blocks.length === 0) return affinities;
    const read = await this.#tryToRead(IPAM_BLOCK, async (root) => {
      const found = await Promise.all(blocks.map((block) => this.#readBlock(root, block, nodeName)));
      return found.filter((object) => object !== undefined);
    });
    return { objects: [...affinities.objects, ...read.objects], unread: [...affinities.unread, ...read.unread] };
  }

  async #readBlock(root: Root, name: string, nodeName: string): Promise<NodeObject | undefined> {
    const path = toPath(...root, IPAM_BLOCK.resource, name);
    const block = await this.#client.read<CalicoObject>(path, `read IPAMBlock "${name}"`);
    return block?.spec?.affinity === `host:${nodeName}` ? toNodeObject(IPAM_BLOCK, block.metadata) : undefined;
  }
}

/** Undefined: of another node. */
const toKept =
  (source: NodeObjectSource, nodeName: string) =>
  ({ metadata, spec }: KeptObject): NodeObject | undefined =>
    spec?.nodeName === nodeName ? toNodeObject(source, metadata) : undefined;

/** Undefined: of another node, or of a load balancer. */
const toAffinity = ({ metadata, spec }: CalicoObject, nodeName: string): Affinity | undefined => {
  const { node = '', type = 'host', cidr = '' } = spec ?? {};
  if (type !== 'host' || node !== nodeName) return undefined;
  // calico `libcalico-go/lib/names`, CIDRToName.
  return { block: cidr.replaceAll(/[.:/]/gu, '-'), object: toNodeObject(BLOCK_AFFINITY, metadata) };
};

const toNodeObject = (
  { kind, group, resource }: NodeObjectSource,
  metadata: Wire<V1ObjectMeta> | undefined = {},
): NodeObject => ({
  kind,
  resource: `${resource}.${group}`,
  name: metadata.name ?? '',
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  ownerUids: (metadata.ownerReferences ?? []).map(({ uid }) => uid),
  isDeleting: metadata.deletionTimestamp !== undefined,
  finalizers: metadata.finalizers ?? [],
});
