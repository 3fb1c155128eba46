import type { Stack } from '../../../stack/stack.ts';

/** Grants the worker an optional ClusterRole of deploy/rbac.yaml, as an administrator does. */
export const bindRole = async (stack: Stack, name: string): Promise<void> => {
  await stack.apply([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace: 'node-decommission', name: 'node-decommission' }],
    },
  ]);
};
