import {
  RIGHTS_TO_FIND_SERVICES,
  RIGHTS_TO_FORCE,
  RIGHTS_TO_PLACE,
  RIGHTS_TO_READ_NODE_OBJECTS,
  RIGHTS_TO_READ_OWNERS,
  RIGHTS_TO_RUN,
  RIGHTS_TO_SURGE,
  RIGHTS_TO_TRY_REPLACEMENTS,
  toRightText,
} from '../../domain/cluster/rights.ts';
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
      ...toRightsChecks(name, await cluster.readMissingRights([...RIGHTS_TO_RUN, ...OPTIONAL.flatMap(toRights)])),
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
    const { kubeSystemUid, caHashes } = await cluster.readIdentity();
    const ca =
      caHashes.length === 0 ? 'no CA in the kubeconfig' : `CA ${caHashes.map((hash) => hash.slice(0, 12)).join(', ')}`;
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

interface OptionalRights {
  readonly rights: readonly AccessRight[];
  /** What a run or plan does without them. */
  readonly without: string;
  /** Of deploy/rbac.yaml; default: those of a run and of `plan`. */
  readonly clusterRole?: string;
}

const OPTIONAL: readonly OptionalRights[] = [
  { rights: RIGHTS_TO_PLACE, without: 'the placement of pods that use such objects is unknown' },
  { rights: RIGHTS_TO_READ_OWNERS, without: 'the number of replicas of such workloads is unknown' },
  {
    rights: RIGHTS_TO_FIND_SERVICES,
    without: 'preflight does not find Services that lose their last pod, nor Temporal on the nodes',
  },
  {
    rights: RIGHTS_TO_READ_NODE_OBJECTS,
    without: 'reports do not name what other components keep for a deleted Node',
  },
  {
    rights: RIGHTS_TO_TRY_REPLACEMENTS,
    without: 'preflight does not try whether quotas and admission allow replacements',
    clusterRole: 'node-decommission-try-replacements',
  },
  {
    rights: RIGHTS_TO_SURGE,
    without: 'runs with singleReplica: surge are refused',
    clusterRole: 'node-decommission-surge',
  },
  {
    rights: RIGHTS_TO_FORCE,
    without: '`pod force` has no effect and runs with onTimeout: delete are refused',
    clusterRole: 'node-decommission-force',
  },
];

const toRights = ({ rights }: OptionalRights): readonly AccessRight[] => rights;

/** Each kind of rights that a run does not require is named with what happens without it, but is no failure. */
const toRightsChecks = (cluster: string, missing: readonly AccessRight[]): readonly DoctorCheck[] => {
  const texts = missing.map(toRightText);
  const optional = OPTIONAL.flatMap(({ rights, without, clusterRole = 'node-decommission' }) => {
    const lacking = rights.map(toRightText).filter((text) => texts.includes(text));
    if (lacking.length === 0) return [];
    const message = `missing: ${lacking.join(', ')}; without them, ${without}; ClusterRole ${clusterRole} grants them`;
    return [{ name: `optional rights on cluster ${cluster}`, ok: true, message }];
  });
  const optionalTexts = OPTIONAL.flatMap(toRights).map(toRightText);
  const required = texts.filter((text) => !optionalTexts.includes(text));
  return [toRequiredCheck(`rights on cluster ${cluster}`, required), ...optional];
};

const toRequiredCheck = (name: string, missing: readonly string[]): DoctorCheck =>
  missing.length === 0
    ? { name, ok: true, message: `all ${RIGHTS_TO_RUN.length} granted` }
    : {
        name,
        ok: false,
        message: `missing: ${missing.join(', ')}`,
        remedy: 'Bind the ClusterRole `node-decommission` from deploy/rbac.yaml to the identity that is used here.',
      };
