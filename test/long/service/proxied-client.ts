import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toToolEnvironment } from '../../../stack/hosts/host-tools.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';
import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import { runCommand, runSuccessfully } from '../../../stack/processes/run-command.ts';
import { installMissingPackages } from '../../../stack/programs/install-packages.ts';
import { PROXY_GROUPS } from '../../../stack/programs/program-groups.ts';
import { ensurePrograms } from '../../../stack/programs/programs.ts';
import type { Stack } from '../../../stack/stack.ts';
import type { ServiceClient, ServiceRequest } from './endpoint-client.ts';

const ASK = fileURLToPath(new URL('ask-service.ts', import.meta.url));
const NFT = '/usr/sbin/nft';
const SERVICE_ADDRESSES = '10.96.0.0/16';
const PROXY_TIMEOUT_MILLISECONDS = 60_000;

const print = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Compiles and installs what `startProxiedClient` needs. */
export const ensureProxy = async (): Promise<void> => {
  await ensurePrograms(PROXY_GROUPS, print);
  const listMissing = (): readonly string[] => (existsSync(NFT) ? [] : ['nftables']);
  await installMissingPackages({ listMissing, environment: toToolEnvironment(), onProgress: print });
};

/** Starts kube-proxy for the node, in the node's network and in mode nftables, and waits until it has rules for the Service. */
export const startProxy = async (stack: Stack, node: RealNode, clusterAddress: string): Promise<void> => {
  const [command, ...enter] = node.readNetworkEntry();
  const environment = toToolEnvironment();
  // A host of the stack has no default route, which real nodes have.
  await runSuccessfully(command, [...enter, 'ip', 'route', 'add', SERVICE_ADDRESSES, 'dev', 'host0'], { environment });
  const proxy = stack.startProgram({
    name: `kube-proxy-${node.name}`,
    command,
    arguments: [
      ...enter,
      stack.programs['kube-proxy'],
      `--kubeconfig=${stack.adminKubeconfigPath}`,
      `--hostname-override=${node.name}`,
      '--proxy-mode=nftables',
      // Limits of the whole kernel, which is this machine's.
      '--conntrack-max-per-core=0',
      '--conntrack-tcp-timeout-established=0s',
      '--conntrack-tcp-timeout-close-wait=0s',
    ],
    environment: { PATH: environment['PATH'] ?? '' },
  });
  await awaitCondition(
    'kube-proxy has rules for the Service',
    async () => {
      proxy.checkRunning();
      const { stdout } = await runCommand(command, [...enter, NFT, 'list', 'table', 'ip', 'kube-proxy'], {
        environment,
      });
      return stdout.includes(`${clusterAddress} . tcp . 80 : goto service-`);
    },
    { timeoutMilliseconds: PROXY_TIMEOUT_MILLISECONDS, intervalMilliseconds: 250 },
  );
};

/** Asks the Service by its ClusterIP from the node, which needs `startProxy`. */
export const startProxiedClient = (stack: Stack, node: RealNode, clusterAddress: string): ServiceClient => {
  const [command, ...enter] = node.readNetworkEntry();
  const client = stack.startProgram({
    name: `client-${node.name}-${Date.now()}`,
    command,
    arguments: [...enter, process.execPath, '--disable-warning=ExperimentalWarning', ASK, `http://${clusterAddress}/`],
    environment: { PATH: toToolEnvironment()['PATH'] ?? '' },
  });
  return {
    get requests() {
      return readFileSync(client.logPath, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as ServiceRequest);
    },
    stop: async () => {
      await client.stop('SIGKILL');
    },
  };
};
