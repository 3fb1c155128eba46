import { RIGHTS_TO_PLACE, RIGHTS_TO_READ_OWNERS, RIGHTS_TO_RUN, toRightText } from '../../domain/cluster/rights.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { AccessRight } from '../../domain/cluster/facts.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { isClusterFailure } from '../../ports/cluster-failure.ts';
import { toAddressText } from '../format/address-text.ts';
import { openCluster } from '../open-cluster.ts';
import type { DoctorCheck } from './doctor-check.ts';

/** Each configured cluster: its address, whether it is reachable, its identity, and which rights are missing. Reads only. */
export const diagnoseClusters = async (configuration: Configuration): Promise<readonly DoctorCheck[]> => {
  const names = Object.keys(configuration.clusters);
  const checks = await Promise.all(names.map((name) => diagnoseCluster(name, () => openCluster(configuration, name))));
  return checks.flat();
};

/** `open` may throw: an unreadable kubeconfig becomes a failed check. */
export const diagnoseCluster = async (name: string, open: () => Cluster): Promise<readonly DoctorCheck[]> => {
  try {
    const cluster = open();
    const address = toAddressText(await cluster.readAddress());
    return [
      { name: `address of cluster ${name}`, ok: true, message: address },
      await checkIdentity(name, cluster),
      toRightsCheck(name, await cluster.readMissingRights([...RIGHTS_TO_RUN, ...RIGHTS_OPTIONAL])),
    ];
  } catch (error) {
    return [
      {
        name: `cluster ${name}`,
        ok: false,
        message: error instanceof Error ? error.message : 'cannot be used',
        remedy: `Check the kubeconfig, context and credentials of cluster ${name}, and that its API server is reachable from here.`,
      },
    ];
  }
};

/**
 * A missing right becomes a failed check, so that the check of all rights still follows.
 * @throws ClusterFailure: every reason except `Forbidden`.
 */
const checkIdentity = async (name: string, cluster: Cluster): Promise<DoctorCheck> => {
  try {
    const { kubeSystemUid, caHash } = await cluster.readIdentity();
    const ca = caHash === '' ? 'no CA in the kubeconfig' : `CA ${caHash.slice(0, 12)}`;
    return { name: `cluster ${name}`, ok: true, message: `reachable; kube-system UID ${kubeSystemUid}, ${ca}` };
  } catch (error) {
    if (!isClusterFailure(error, 'Forbidden')) throw error;
    return {
      name: `cluster ${name}`,
      ok: false,
      message: error.message,
      remedy: 'Grant this right; the next check lists all missing rights.',
    };
  }
};

const RIGHTS_OPTIONAL = [...RIGHTS_TO_PLACE, ...RIGHTS_TO_READ_OWNERS];
const OPTIONAL = RIGHTS_OPTIONAL.map(toRightText);

/** Rights without which only the placement of some pods is unknown are named, but are no failure. */
const toRightsCheck = (cluster: string, all: readonly AccessRight[]): DoctorCheck => {
  const name = `rights on cluster ${cluster}`;
  const missing = all.filter((right) => !OPTIONAL.includes(toRightText(right)));
  const optional = all.map(toRightText).filter((text) => OPTIONAL.includes(text));
  if (missing.length === 0) {
    const without =
      optional.length === 0 ? '' : `; optional for the placement of pods, and missing: ${optional.join(', ')}`;
    return { name, ok: true, message: `all ${RIGHTS_TO_RUN.length} granted${without}` };
  }
  return {
    name,
    ok: false,
    message: `missing: ${missing.map(toRightText).join(', ')}`,
    remedy: 'Bind the ClusterRole `node-decommission` from deploy/rbac.yaml to the identity that is used here.',
  };
};
