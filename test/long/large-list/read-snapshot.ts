import { createKubeCluster } from '../../../src/kube/kube-cluster.ts';

/*
 * Reads what a plan reads of a whole cluster: `node read-snapshot.ts <kubeconfig>`. Prints the numbers of Nodes and pods, and the highest
 * resident memory of this process in MB.
 */

const cluster = createKubeCluster(
  'default',
  { kind: 'kubeconfig', path: process.argv[2] ?? '' },
  { requestTimeoutSeconds: 30, userAgent: 'node-decommission/test' },
);
const { nodes, pods } = await cluster.readSnapshot();
const peakMegabytes = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
process.stdout.write(JSON.stringify({ nodes: nodes.length, pods: pods.length, peakMegabytes }));
