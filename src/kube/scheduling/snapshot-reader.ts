import type {
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1VolumeAttachment,
} from '@kubernetes/client-node';
import type { PodFacts } from '../../domain/cluster/facts.ts';
import type { SchedulerObject, SchedulerPod } from '../../domain/scheduling/scheduler-facts.ts';
import { TemplatePool } from '../../domain/scheduling/template-pool.ts';
import type { ClusterSnapshot } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import { toIdentity } from '../facts/to-metadata.ts';
import { toNodeFacts } from '../facts/to-node-facts.ts';
import { toPodFacts } from '../facts/to-pod-facts.ts';
import { toVolumeAttachmentFacts, toVolumeClaimFacts, toVolumeFacts } from '../facts/to-volume-facts.ts';
import type { ApiClient } from '../transport/api-client.ts';
import { toPath } from '../transport/api-client.ts';
import type { Wire } from '../transport/wire.ts';
import { PodSharing } from './pod-sharing.ts';
import { SCHEDULER_KINDS, toSchedulerObject, type SchedulerKind } from './scheduler-kinds.ts';
import { toPodTemplate } from './to-pod-template.ts';
import { toSchedulerNode } from './to-scheduler-node.ts';

const CORE = ['api', 'v1'];
const STORAGE = ['apis', 'storage.k8s.io', 'v1'];

/**
 * Lists every kind that kube-scheduler reads, each once, all at the same time. What other checks need of an object is taken from the same
 * LIST. An object is reduced as soon as its page has arrived.
 *
 * @throws ClusterFailure: nodes, pods, volumes, claims or attachments cannot be listed, or another kind for a reason other than its rights.
 */
export const readSnapshot = async (client: ApiClient): Promise<ClusterSnapshot> => {
  const toPod = createPodReader();
  const [nodes, pods, claims, volumes, attachments, others] = await Promise.all([
    list(client, [...CORE, 'nodes'], (node: Wire<V1Node>) => [toNodeFacts(node), toSchedulerNode(node)] as const),
    list(client, [...CORE, 'pods'], toPod.read),
    list(
      client,
      [...CORE, 'persistentvolumeclaims'],
      (claim: Wire<V1PersistentVolumeClaim>) =>
        [toVolumeClaimFacts(claim), toSchedulerObject(claim, ['spec', 'status'])] as const,
    ),
    list(
      client,
      [...CORE, 'persistentvolumes'],
      (volume: Wire<V1PersistentVolume>) =>
        [toVolumeFacts(volume), toSchedulerObject(volume, ['spec', 'status'])] as const,
    ),
    list(
      client,
      [...STORAGE, 'volumeattachments'],
      (attachment: Wire<V1VolumeAttachment>) =>
        [toVolumeAttachmentFacts(attachment), toSchedulerObject(attachment, ['spec'])] as const,
    ),
    Promise.all(SCHEDULER_KINDS.map(async (kind) => [kind.kind, await listIfAllowed(client, kind)] as const)),
  ]);
  const objects: Record<string, readonly SchedulerObject[]> = {
    PersistentVolumeClaim: claims.map(([, object]) => object),
    PersistentVolume: volumes.map(([, object]) => object),
    VolumeAttachment: attachments.map(([, object]) => object),
  };
  for (const [kind, found] of others) if (Array.isArray(found)) objects[kind] = found;
  return {
    nodes: nodes.map(([facts]) => facts),
    pods: pods.map(([facts]) => facts),
    claims: claims.map(([facts]) => facts),
    volumes: volumes.map(([facts]) => facts),
    attachments: attachments.map(([facts]) => facts),
    scheduling: {
      nodes: nodes.map(([, object]) => object),
      templates: toPod.templates,
      pods: pods.flatMap(([, pod]) => (pod === undefined ? [] : [pod])),
      objects,
    },
    forbiddenKinds: others.flatMap(([kind, found]) => (found === 'forbidden' ? [kind] : [])),
  };
};

interface PodReader {
  readonly templates: readonly SchedulerObject[];
  readonly read: (pod: Wire<V1Pod>) => readonly [PodFacts, SchedulerPod | undefined];
}

/** Pods of one template share what is the same: of tens of thousands, it would otherwise take most of the memory of a plan. */
const createPodReader = (): PodReader => {
  const pool = new TemplatePool();
  const sharing = new PodSharing();
  return {
    templates: pool.templates,
    read: (pod) => {
      const scheduled = toSchedulerPod(pod, pool);
      const facts = sharing.share(toPodFacts(pod), scheduled?.template);
      const { namespace, nodeName } = facts;
      return [facts, scheduled === undefined ? undefined : { ...scheduled, namespace, nodeName }];
    },
  };
};

/** A finished pod uses nothing: it is none of the scheduler's. */
const toSchedulerPod = (pod: Wire<V1Pod>, pool: TemplatePool): SchedulerPod | undefined => {
  const { namespace, name, uid } = toIdentity(pod.metadata);
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined;
  return {
    namespace,
    name,
    uid,
    template: pool.add(toPodTemplate(pod)),
    nodeName: pod.spec?.nodeName ?? '',
    isTerminating: pod.metadata?.deletionTimestamp !== undefined,
  };
};

const list = async <Item>(
  client: ApiClient,
  segments: readonly string[],
  toItem: (model: never) => Item,
): Promise<readonly Item[]> => {
  const path = toPath(...segments);
  const purpose = `list ${segments.at(-1) ?? ''}`;
  const { items } = await client.list({ path, purpose, query: {}, toItem }, { whenExpired: 'laterState' });
  return items;
};

const listIfAllowed = async (
  client: ApiClient,
  { roots, resource, fields }: SchedulerKind,
): Promise<readonly SchedulerObject[] | 'forbidden' | 'notServed'> => {
  for (const root of roots) {
    try {
      return await list(client, [...root, resource], (model: object) => toSchedulerObject(model, fields));
    } catch (error) {
      if (isClusterFailure(error, 'Forbidden')) return 'forbidden';
      // The API server answers an unknown path with a 404 without a Status.
      if (!isClusterFailure(error) || error.status !== 404) throw error;
    }
  }
  return 'notServed';
};
