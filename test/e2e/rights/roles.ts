import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { AccessRight } from '../../../src/domain/cluster/facts.ts';
import type { Stack } from '../../../stack/stack.ts';

export const NAMESPACE = 'node-decommission';

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Rules of a ClusterRole in deploy/rbac.yaml, one verb on one resource each. */
export const readSingleRules = (roleName: string): readonly PolicyRule[] =>
  parseAllDocuments(readFileSync(new URL('../../../deploy/rbac.yaml', import.meta.url), 'utf8'))
    .map((document) => document.toJS() as { kind: string; metadata: { name: string }; rules?: readonly PolicyRule[] })
    .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === roleName)
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ resources, verbs, ...rest }) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ ...rest, resources: [resource], verbs: [verb] }))),
    );

/** Whether the rule grants the right. */
export const isGrantedBy = ({ verb, group, resource, subresource }: AccessRight, rule: PolicyRule): boolean =>
  rule.apiGroups[0] === group &&
  rule.resources[0] === (subresource === undefined ? resource : `${resource}/${subresource}`) &&
  rule.verbs[0] === verb;

/** Creates a ServiceAccount with exactly these rules. @returns the path of its kubeconfig */
export const createIdentity = async (stack: Stack, name: string, rules: readonly PolicyRule[]): Promise<string> => {
  await stack.apply([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: NAMESPACE, name } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace: NAMESPACE, name }],
    },
  ]);
  return await stack.serviceAccountKubeconfig(NAMESPACE, name);
};
