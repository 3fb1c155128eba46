import { createKubeCluster, type KubeCluster } from '../../src/kube/kube-cluster.ts';
import { startFakeApiServer, type FakeApiServer } from '../fakes/api-server.ts';

/** A server whose every answer the test writes, and a client of it that waits a second and a half for each. */
export const startKubeScene = async (): Promise<{ readonly server: FakeApiServer; readonly cluster: KubeCluster }> => {
  const server = await startFakeApiServer();
  const cluster = createKubeCluster(
    'default',
    { kind: 'kubeconfig', path: server.kubeconfigPath },
    { requestTimeoutSeconds: 1.5, userAgent: 'node-decommission/test' },
  );
  return { server, cluster };
};
