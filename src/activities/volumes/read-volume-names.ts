import type { PodFacts } from '../../domain/cluster/facts.ts';
import { toVolumeNames } from '../../domain/volumes/attached-volumes.ts';
import type { Cluster } from '../../ports/cluster.ts';

/**
 * The names of the PersistentVolumes that these pods use; claims that are unbound or gone have none. One LIST per namespace of the pods with
 * claims. Reads only.
 *
 * @throws ClusterFailure
 */
export const readVolumeNames = async (cluster: Cluster, pods: readonly PodFacts[]): Promise<readonly string[]> => {
  const namespaces = new Set(
    pods.filter(({ persistentVolumeClaims }) => persistentVolumeClaims.length > 0).map(({ namespace }) => namespace),
  );
  const claims = await Promise.all([...namespaces].map((namespace) => cluster.readVolumeClaims(namespace)));
  return toVolumeNames(pods, claims.flat());
};
