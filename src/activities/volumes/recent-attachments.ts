import type { VolumeAttachmentFacts } from '../../domain/cluster/facts.ts';
import type { Cluster } from '../../ports/cluster.ts';

/** The API server cannot select them by node: nodes that are emptied side by side share one LIST of all. */
const SHARED_MILLISECONDS = 1000;

interface AttachmentRead {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly attachments: Promise<readonly VolumeAttachmentFacts[]>;
}

const reads = new WeakMap<Cluster, AttachmentRead>();

/**
 * The attachments of all nodes, at most a second old. An attachment that is missing here is gone: none is made for a cordoned node without
 * pods that have to leave.
 *
 * @throws ClusterFailure
 */
export const readRecentAttachments = async (cluster: Cluster): Promise<readonly VolumeAttachmentFacts[]> => {
  const known = reads.get(cluster);
  const age = known === undefined ? Infinity : Date.now() - known.at;
  const read =
    known !== undefined && age >= 0 && age < SHARED_MILLISECONDS
      ? known
      : { at: Date.now(), attachments: cluster.readVolumeAttachments() };
  reads.set(cluster, read);
  try {
    return await read.attachments;
  } catch (error) {
    if (reads.get(cluster) === read) reads.delete(cluster);
    throw error;
  }
};
