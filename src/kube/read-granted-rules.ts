import type { AccessRight } from '../domain/cluster/facts.ts';
import { isClusterFailure } from '../ports/cluster-failure.ts';
import type { ApiCall, ApiClient } from './transport/api-client.ts';

/** As RBAC has it: `*` is every verb, group or resource, and a subresource follows after a slash. */
interface ResourceRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** Absent or empty: every object. */
  readonly resourceNames?: readonly string[];
}

interface RulesReview {
  readonly status?: {
    readonly resourceRules?: readonly ResourceRule[];
    readonly incomplete?: boolean;
    readonly evaluationError?: string;
  };
}

const REVIEW: ApiCall = {
  method: 'POST',
  path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  purpose: 'read the permissions of this identity',
  body: {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    // No namespace can have this name, so that no RoleBinding counts: only what holds in all namespaces.
    spec: { namespace: '-' },
  },
};

/**
 * What is certainly granted in all namespaces, from one SelfSubjectRulesReview. Nothing when an authorizer cannot list its rules, such as a
 * webhook, which may also deny what another one allows; and nothing for an identity that may not ask.
 *
 * @throws ClusterFailure of any reason but `Forbidden`.
 */
export const readGrantedRules = async (client: ApiClient): Promise<(right: AccessRight) => boolean> => {
  const status = await readStatus(client);
  const isCertain = status?.incomplete === false && (status.evaluationError ?? '') === '';
  const rules = isCertain ? (status.resourceRules ?? []) : [];
  return (right) => rules.some((rule) => isGrantedBy(rule, right));
};

const readStatus = async (client: ApiClient): Promise<RulesReview['status']> => {
  try {
    return (await client.request<RulesReview>(REVIEW)).status;
  } catch (error) {
    if (isClusterFailure(error, 'Forbidden')) return undefined;
    throw error;
  }
};

/** The comparisons of RBAC (k/k `pkg/registry/rbac/validation` and `pkg/apis/rbac/v1/evaluation_helpers.go`). */
const isGrantedBy = (
  { verbs = [], apiGroups = [], resources = [], resourceNames = [] }: ResourceRule,
  { verb, group, resource, subresource, name }: AccessRight,
): boolean => {
  const isNamed = resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name));
  return isNamed && has(verbs, verb) && has(apiGroups, group) && hasResource(resources, resource, subresource);
};

const hasResource = (resources: readonly string[], resource: string, subresource: string | undefined): boolean =>
  subresource === undefined
    ? has(resources, resource)
    : has(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);

const has = (values: readonly string[], wanted: string): boolean => values.includes('*') || values.includes(wanted);
