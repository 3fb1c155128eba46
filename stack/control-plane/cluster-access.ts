import { join } from 'node:path';

import { parseAllDocuments } from 'yaml';

import { awaitCondition } from '../processes/await-condition.ts';
import type { KubernetesObject } from '../cluster-fixtures/kubernetes-object.ts';
import type { NodeFixture } from '../cluster-fixtures/node.ts';
import { createApply } from './apply-objects.ts';
import type { ControlPlaneParts } from './control-plane.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';
import type { CommandResult, KubectlOptions } from './kubectl.ts';
import { createSimulatedNodes } from './simulated-nodes.ts';

/** What the demo and the tests do with the cluster in addition to `api`. */
export interface ClusterAccess {
  /** Runs kubectl as the administrator, or with another kubeconfig. An exit code other than 0 is a result. */
  kubectl(commandArguments: readonly string[], options?: KubectlOptions): Promise<CommandResult>;
  /**
   * Server-side apply. CustomResourceDefinitions are applied first; the call waits until they are established.
   * @param manifests YAML or JSON text, or objects
   * @throws ApiRequestError when the API server rejects an object.
   */
  apply(manifests: string | readonly object[]): Promise<void>;
  /** Creates the namespace if it does not exist, and waits until pods can be created in it. */
  createNamespace(name: string): Promise<void>;
  /**
   * Creates simulated nodes and waits until they are ready for pods.
   * @throws ApiRequestError
   */
  createNodes(fixtures: readonly NodeFixture[]): Promise<KubernetesObject[]>;
  /**
   * Waits until all pods of a namespace that the selector matches are Ready, at least `count` of them.
   * Pods being deleted do not count.
   * @param selector in kubectl's syntax; empty for all
   */
  awaitPodsReady(namespace: string, selector: string, count: number): Promise<void>;
  /**
   * Writes a kubeconfig for an existing ServiceAccount, with a token that is valid for 24 hours.
   * @returns its path, in the run directory
   * @throws ApiRequestError with status 404: the ServiceAccount does not exist.
   */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
}

const TOKEN_SECONDS = 86_400;

export const createClusterAccess = (parts: ControlPlaneParts, serverUrl: string): ClusterAccess => {
  const { api, run, programs, credentials } = parts;

  const kubectl: ClusterAccess['kubectl'] = (commandArguments, { kubeconfigPath, input } = {}) =>
    runKubectl(programs.kubectl, run.path, kubeconfigPath ?? credentials.adminKubeconfigPath, commandArguments, input);

  const applyObjects = createApply(api);

  return {
    kubectl,
    apply: (manifests) => applyObjects(toObjects(manifests)),
    createNamespace: async (name) => {
      const path = `/api/v1/namespaces/${name}`;
      if ((await api.find(path)) === undefined) {
        await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      }
      // Pods are rejected until the controller manager has created it.
      await awaitCondition(`namespace ${name} has its default service account`, () =>
        api.find(`${path}/serviceaccounts/default`),
      );
    },
    createNodes: (fixtures) => createSimulatedNodes(api, fixtures),
    awaitPodsReady: async (namespace, selector, count) => {
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
      await awaitCondition(
        `${count} pods of ${namespace} (${selector}) are ready`,
        async () => {
          const pods = (await api.list(path)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
          return pods.length >= count && pods.every(isReady);
        },
        { intervalMilliseconds: 200 },
      );
    },
    serviceAccountKubeconfig: async (namespace, name) => {
      const token = await api.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: TOKEN_SECONDS },
      });
      const path = join(run.path, `${namespace}.${name}.kubeconfig`);
      writeKubeconfig(path, {
        serverUrl,
        certificateAuthority: credentials.certificateAuthority.certificate,
        credentials: { token: String(token.status?.['token']) },
      });
      return path;
    },
  };
};

const toObjects = (manifests: string | readonly object[]): KubernetesObject[] => {
  if (typeof manifests !== 'string') return manifests as KubernetesObject[];
  return parseAllDocuments(manifests)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
};

const isReady = (pod: KubernetesObject): boolean => {
  const conditions = (pod.status?.['conditions'] ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
};
