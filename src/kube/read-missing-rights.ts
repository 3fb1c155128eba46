import pMap from 'p-map';
import type { AccessRight } from '../domain/cluster/facts.ts';
import { readGrantedRules } from './read-granted-rules.ts';
import type { ApiClient } from './transport/api-client.ts';

const MAX_CONCURRENT_REVIEWS = 10;

/**
 * The `rights` that the current identity does not have, in the given order: those that `readGrantedRules` does not show need one
 * SelfSubjectAccessReview each, ten at a time.
 *
 * @throws ClusterFailure of any reason: a review itself fails.
 */
export const readMissingRights = async (
  client: ApiClient,
  rights: readonly AccessRight[],
): Promise<readonly AccessRight[]> => {
  const isGranted = await readGrantedRules(client);
  const doubtful = rights.filter((right) => !isGranted(right));
  const allowed = await pMap(doubtful, (right) => isAllowed(client, right), { concurrency: MAX_CONCURRENT_REVIEWS });
  return doubtful.filter((_right, index) => allowed[index] !== true);
};

const isAllowed = async (client: ApiClient, right: AccessRight): Promise<boolean> => {
  const answer = await client.request<{ readonly status?: { readonly allowed?: boolean } }>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    purpose: `check the permission to ${right.verb} ${right.resource}`,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { ...right } },
    },
  });
  return answer.status?.allowed ?? false;
};
