import pMap from 'p-map';
import type { AccessRight } from '../domain/cluster/facts.ts';
import type { ApiClient } from './transport/api-client.ts';

const MAX_CONCURRENT_REVIEWS = 10;

/**
 * The `rights` that the current identity does not have, in the given order: one SelfSubjectAccessReview each, ten at a time.
 *
 * @throws ClusterFailure of any reason: a review itself fails.
 */
export const readMissingRights = async (
  client: ApiClient,
  rights: readonly AccessRight[],
): Promise<readonly AccessRight[]> => {
  const allowed = await pMap(rights, (right) => isAllowed(client, right), { concurrency: MAX_CONCURRENT_REVIEWS });
  return rights.filter((_right, index) => allowed[index] !== true);
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
