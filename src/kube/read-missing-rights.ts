import type { AccessRight } from '../domain/facts.ts';
import type { ApiClient } from './api-client.ts';

const PARALLEL_REVIEWS = 10;

/**
 * Those of `rights` that the present identity does not have, in their order: one SelfSubjectAccessReview each, ten at a time.
 *
 * @throws ClusterFailure when a review itself fails.
 */
export const readMissingRights = async (
  client: ApiClient,
  rights: readonly AccessRight[],
): Promise<readonly AccessRight[]> => {
  const allowed = new Map<AccessRight, boolean>();
  const queue = [...rights];
  const review = async (): Promise<void> => {
    for (let right = queue.shift(); right !== undefined; right = queue.shift()) {
      allowed.set(right, await isAllowed(client, right));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_REVIEWS }, review));
  return rights.filter((right) => allowed.get(right) !== true);
};

const isAllowed = async (client: ApiClient, right: AccessRight): Promise<boolean> => {
  const answer = await client.request<{ readonly status?: { readonly allowed?: boolean } }>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    purpose: `ask whether we may ${right.verb} ${right.resource}`,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { ...right } },
    },
  });
  return answer.status?.allowed ?? false;
};
