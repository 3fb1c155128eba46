import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KubernetesApi } from './kubernetes-api.ts';
import { awaitCondition } from '../processes/await-condition.ts';
import type { ControlPlaneCredentials } from './credentials.ts';
import { startProcess } from '../processes/managed-process.ts';
import type { ManagedProcess, StopSignal } from '../processes/managed-process.ts';
import type { ProgramPaths } from '../programs/programs.ts';
import type { RunDirectory } from '../processes/run-directory.ts';

export interface ControlPlanePorts {
  readonly apiServer: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
}

export interface ControlPlaneParts {
  readonly run: RunDirectory;
  readonly programs: ProgramPaths;
  readonly ports: ControlPlanePorts;
  /** The one address that the API server listens on. */
  readonly address: string;
  readonly credentials: ControlPlaneCredentials;
  readonly api: KubernetesApi;
  /** Where the API server appends its audit log; absent for none. */
  readonly auditLogPath?: string;
  /** How long a node may send no heartbeat before it counts as not ready. */
  readonly nodeMonitorGraceSeconds: number;
}

/** Requests per second for each client of the controllers and the scheduler: the defaults of 20 and 50 only slow tests down. */
const CLIENT_LIMITS = ['--kube-api-qps=300', '--kube-api-burst=600'];

const READY_TIMEOUT_MILLISECONDS = 300_000;

/**
 * Metadata of every request; evictions and Node deletions with their body, since only the body has the UID precondition and the dry-run
 * setting.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Request', verbs: ['create'], resources: [{ group: '', resources: ['pods/eviction'] }] },
    { level: 'Request', verbs: ['delete'], resources: [{ group: '', resources: ['nodes'] }] },
    { level: 'Metadata' },
  ],
};

/** Stops and starts the API server; everything else keeps running. */
export interface ApiServerControl {
  /** Stops the API server and waits until its process is gone; its port stays reserved. Default SIGTERM, which takes seconds. */
  stopApiServer(signal?: StopSignal): Promise<void>;
  /** Starts the API server again and waits until it is ready. */
  startApiServer(): Promise<void>;
  restartApiServer(signal?: StopSignal): Promise<void>;
}

/**
 * Starts the control plane and waits until the API server is ready.
 * @throws Error with the end of its log: the API server exited.
 */
export const startControlPlane = async (parts: ControlPlaneParts): Promise<ApiServerControl> => {
  startEtcd(parts);
  let apiServer = startApiServer(parts);
  await awaitApiServerReady(apiServer, parts.api);
  startControllerManager(parts);
  startScheduler(parts);

  const stop = async (signal: StopSignal = 'SIGTERM'): Promise<void> => {
    await apiServer.stop(signal);
  };
  const start = async (): Promise<void> => {
    if (!apiServer.isRunning()) apiServer = startApiServer(parts);
    await awaitApiServerReady(apiServer, parts.api);
  };
  return {
    stopApiServer: stop,
    startApiServer: start,
    restartApiServer: async (signal) => {
      await stop(signal);
      await start();
    },
  };
};

/** Without durability: the data is deleted with the run. */
const startEtcd = ({ run, programs, ports }: ControlPlaneParts): ManagedProcess => {
  const clientUrl = `http://127.0.0.1:${ports.etcdClient}`;
  const peerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  return startProcess(run, {
    name: 'etcd',
    command: programs.etcd,
    environment: {},
    arguments: [
      `--name=${run.runId}`,
      `--data-dir=${join(run.path, 'etcd')}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=${run.runId}=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=error',
    ],
  });
};

const startApiServer = (parts: ControlPlaneParts): ManagedProcess => {
  const { run, programs, ports, address, credentials, auditLogPath } = parts;
  const { pki } = credentials;
  return startProcess(run, {
    name: 'kube-apiserver',
    command: programs['kube-apiserver'],
    environment: {},
    arguments: [
      `--etcd-servers=http://127.0.0.1:${ports.etcdClient}`,
      `--secure-port=${ports.apiServer}`,
      `--bind-address=${address}`,
      `--advertise-address=${address}`,
      // The Service `kubernetes` may not point to a loopback address, and is not needed here.
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      `--tls-cert-file=${pki.serverCertificatePath}`,
      `--tls-private-key-file=${pki.serverKeyPath}`,
      `--client-ca-file=${pki.certificateAuthorityPath}`,
      `--kubelet-client-certificate=${pki.kubeletClientCertificatePath}`,
      `--kubelet-client-key=${pki.kubeletClientKeyPath}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--service-account-key-file=${pki.serviceAccountPublicKeyPath}`,
      `--service-account-signing-key-file=${pki.serviceAccountKeyPath}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--profiling=false',
      // If unset, a clean stop waits a minute for watches that do not end.
      '--shutdown-watch-termination-grace-period=1s',
      ...(auditLogPath === undefined ? [] : toAuditFlags(run, auditLogPath)),
    ],
  });
};

const awaitApiServerReady = async (apiServer: ManagedProcess, api: KubernetesApi): Promise<void> => {
  await awaitCondition(
    'the API server is ready',
    async () => {
      apiServer.checkRunning();
      return (await readStatus(api, '/readyz')) === 200;
    },
    { timeoutMilliseconds: READY_TIMEOUT_MILLISECONDS, intervalMilliseconds: 100 },
  );
};

/** The real controllers, including PodGC, disruption and node lifecycle. */
const startControllerManager = (parts: ControlPlaneParts): ManagedProcess => {
  const { run, programs, credentials, nodeMonitorGraceSeconds } = parts;
  const { pki, controllerManagerKubeconfigPath: kubeconfig } = credentials;
  return startProcess(run, {
    name: 'kube-controller-manager',
    command: programs['kube-controller-manager'],
    environment: {},
    arguments: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${pki.serviceAccountKeyPath}`,
      `--root-ca-file=${pki.certificateAuthorityPath}`,
      '--use-service-account-credentials',
      '--leader-elect=false',
      '--secure-port=0',
      `--node-monitor-grace-period=${nodeMonitorGraceSeconds}s`,
      ...CLIENT_LIMITS,
    ],
  });
};

const startScheduler = ({ run, programs, credentials }: ControlPlaneParts): ManagedProcess => {
  const kubeconfig = credentials.schedulerKubeconfigPath;
  return startProcess(run, {
    name: 'kube-scheduler',
    command: programs['kube-scheduler'],
    environment: {},
    arguments: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
      ...CLIENT_LIMITS,
    ],
  });
};

const toAuditFlags = (run: RunDirectory, auditLogPath: string): string[] => {
  const policyPath = join(run.path, 'audit-policy.json');
  writeFileSync(policyPath, JSON.stringify(AUDIT_POLICY));
  // 0 would mean the default of 100 MB, after which the file is rotated.
  return [`--audit-policy-file=${policyPath}`, `--audit-log-path=${auditLogPath}`, '--audit-log-maxsize=10000'];
};

/** `undefined` while nothing listens. */
const readStatus = async (api: KubernetesApi, path: string): Promise<number | undefined> => {
  try {
    return (await api.request('GET', path)).status;
  } catch {
    // Refused connections are expected here; the caller checks that the process is running.
    return undefined;
  }
};
