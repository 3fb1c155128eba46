import type { PodFacts } from '../../domain/cluster/facts.ts';
import type { Cluster } from '../../ports/cluster.ts';

/**
 * By pod UID, the names of the PersistentVolumes that each pod uses; claims that are unbound or gone have none. One LIST per namespace of
 * the pods with claims. Reads only.
 *
 * @throws ClusterFailure
 */
export const readPodVolumes = async (
  cluster: Cluster,
  pods: readonly PodFacts[],
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const withClaims = pods.filter(({ persistentVolumeClaims }) => persistentVolumeClaims.length > 0);
  const volumeByClaim = new Map<string, string>();
  for (const namespace of new Set(withClaims.map((pod) => pod.namespace))) {
    for (const { name, volumeName } of await cluster.readVolumeClaims(namespace)) {
      if (volumeName !== '') volumeByClaim.set(`${namespace}/${name}`, volumeName);
    }
  }
  return Object.fromEntries(
    pods.map(({ uid, namespace, persistentVolumeClaims }) => [
      uid,
      persistentVolumeClaims.flatMap((claim) => volumeByClaim.get(`${namespace}/${claim}`) ?? []),
    ]),
  );
};
