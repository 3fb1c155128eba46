import { join } from 'node:path';

import { createKubernetesApi } from './control-plane/kubernetes-api.ts';
import { markAuditLog, readAuditEvents } from './control-plane/audit-log.ts';
import { awaitCondition } from './processes/await-condition.ts';
import { readCacheDirectory } from '../src/config/cache-directory.ts';
import { createClusterAccess } from './control-plane/cluster-access.ts';
import type { ClusterAccess } from './control-plane/cluster-access.ts';
import { createCredentials } from './control-plane/credentials.ts';
import { startControlPlane } from './control-plane/control-plane.ts';
import type { ApiServerControl, ControlPlaneParts } from './control-plane/control-plane.ts';
import { removeRunCgroups, tryToRemoveRunCgroups } from './hosts/cgroups.ts';
import { createHostNetwork, hasLink } from './hosts/host-network.ts';
import { toLoginKeyPath } from './hosts/real-node.ts';
import { ensureRealNodesImage, prepareRealNodes } from './hosts/real-nodes.ts';
import type { RealNodes } from './hosts/real-nodes.ts';
import { startKwok } from './control-plane/kwok.ts';
import { onOwnerExit } from './processes/owner-exit.ts';
import { startProcess } from './processes/managed-process.ts';
import { ensurePostgresqlStack } from './temporal/postgresql/postgresql-stack.ts';
import type { StartOnPostgresql } from './temporal/postgresql/postgresql-stack.ts';
import { CONTROL_PLANE_GROUPS } from './programs/program-groups.ts';
import { findPrograms } from './programs/find-programs.ts';
import { ensurePrograms } from './programs/programs.ts';
import type { ProgramPaths } from './programs/programs.ts';
import { releasePorts, reservePorts } from './processes/reserve-ports.ts';
import { createRunDirectory } from './processes/run-directory.ts';
import type { RunDirectory } from './processes/run-directory.ts';
import type { Stack, StackOptions } from './stack.ts';
import { killRecordedProcesses, sweepRuns } from './processes/sweep-runs.ts';
import { startTemporalServer } from './temporal/temporal-server.ts';
import type { TemporalServer } from './temporal/temporal-server.ts';

const LOOPBACK = '127.0.0.1';
const A_DAY_SECONDS = 86_400;
const DEFAULT_TIMING = { podReadyMilliseconds: 500, podTerminateMilliseconds: 500 };

/**
 * Starts etcd, API server, controller manager, scheduler, KWOK and, optionally, Temporal; ready in a few seconds.
 * With `realNodes` it also builds the hosts' image; `createRealNodes` boots them.
 * First it removes leftovers of killed runs and compiles the programs that are not in the cache.
 * When this process exits, is interrupted or is killed, all of them end; a later start removes the files.
 * @throws Error with the end of the log if a program failed; nothing is left running.
 */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const { baseDirectory = readCacheDirectory(), onProgress = () => undefined } = options;
  const programs = await prepareControlPlane(options, onProgress);
  const image = options.realNodes === true ? await ensureRealNodesImage(onProgress) : undefined;
  const startTemporal = await prepareTemporal(options.temporal ?? false, onProgress);
  removeLeftovers(baseDirectory, onProgress);

  const run = createRunDirectory(baseDirectory);
  const releases: (() => void)[] = [];
  const stop = prepareStop(run, releases);
  try {
    const hosts = image === undefined ? undefined : { image, network: await createHostNetwork(run) };
    const started = await startPrograms(run, programs, options, startTemporal, releases, hosts?.network.gateway);
    const realNodes = prepareRealNodes(hosts && { ...started.parts, ...hosts, serverUrl: started.serverUrl });
    // Not by spreading, which would call the getter `temporal`.
    return Object.assign(describeStack(started), realNodes, { stop });
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Reports which programs of this machine are used, and which are not and why. */
const prepareControlPlane = async (
  { useInstalledPrograms = false }: StackOptions,
  onProgress: (line: string) => void,
): Promise<ProgramPaths> => {
  if (!useInstalledPrograms) return await ensurePrograms(CONTROL_PLANE_GROUPS, onProgress);
  const { used, rejected } = await findPrograms();
  for (const [name, { path, version }] of Object.entries(used)) onProgress(`using ${name} ${version}: ${path}`);
  for (const sentence of rejected) onProgress(sentence);
  const installed = Object.fromEntries(Object.entries(used).map(([name, { path }]) => [name, path]));
  return await ensurePrograms(CONTROL_PLANE_GROUPS, onProgress, installed);
};

const removeLeftovers = (baseDirectory: string, onProgress: (line: string) => void): void => {
  for (const { runId, killedProcesses } of sweepRuns(baseDirectory)) {
    onProgress(
      `removed leftovers of run ${runId}, whose owner is gone; killed processes: ${killedProcesses.join(', ') || 'none'}`,
    );
  }
};

interface StartedPrograms {
  readonly parts: ControlPlaneParts;
  readonly serverUrl: string;
  readonly controlPlane: ApiServerControl;
  readonly cluster: ClusterAccess;
  readonly temporal: TemporalServer | undefined;
}

/** @param releases receives the functions to call at the end. @param address on which the API server listens */
const startPrograms = async (
  run: RunDirectory,
  programs: ProgramPaths,
  options: StackOptions,
  startTemporal: StartTemporal,
  releases: (() => void)[],
  address = LOOPBACK,
): Promise<StartedPrograms> => {
  const reserved = await reservePorts(run, 6);
  releases.push(() => {
    releasePorts(run, reserved);
  });
  const [apiServer, etcdClient, etcdPeer, frontend, http, ui] = reserved as SixPorts;
  const serverUrl = `https://${address}:${apiServer}`;
  const credentials = createCredentials(run.path, serverUrl, run.runId);
  const api = createKubernetesApi(serverUrl, credentials.certificateAuthority.certificate, credentials.admin);
  releases.push(() => {
    api.close();
  });
  const parts: ControlPlaneParts = {
    run,
    programs,
    ports: { apiServer, etcdClient, etcdPeer },
    address,
    credentials,
    api,
    nodeMonitorGraceSeconds: options.nodeMonitorGraceSeconds ?? A_DAY_SECONDS,
    ...(options.audit === false ? {} : { auditLogPath: join(run.path, 'audit.log') }),
  };
  const [temporal, controlPlane] = await Promise.all([
    startTemporal(run, programs, { frontend, http, ui }, releases),
    startControlPlane(parts),
  ]);
  startKwok(run, programs, credentials.kwokKubeconfigPath, { ...DEFAULT_TIMING, ...options.kwok });
  const cluster = createClusterAccess(parts, serverUrl);
  await cluster.createNamespace('default');
  return { parts, serverUrl, controlPlane, cluster, temporal };
};

const describeStack = (started: StartedPrograms): Omit<Stack, keyof RealNodes | 'stop'> => {
  const { parts, serverUrl, temporal } = started;
  const { run, programs, ports, api, credentials } = parts;
  return {
    runId: run.runId,
    directory: run.path,
    flushedDirectory: run.flushedPath,
    programs,
    ports,
    serverUrl,
    adminKubeconfigPath: credentials.adminKubeconfigPath,
    certificateAuthorityPath: credentials.pki.certificateAuthorityPath,
    loginKeyPath: toLoginKeyPath(run),
    api,
    get temporal() {
      if (temporal === undefined) throw new Error('This stack runs without Temporal. Start it with `temporal: true`.');
      return temporal;
    },
    ...started.cluster,
    ...started.controlPlane,
    markAudit: () => markAuditLog(requireAuditLog(parts)),
    auditEvents: (since) => readAuditEvents(requireAuditLog(parts), since),
    startProgram: (description) => startProcess(run, description),
  };
};

type SixPorts = [number, number, number, number, number, number];

type StartTemporal = (...given: Parameters<StartOnPostgresql>) => Promise<TemporalServer | undefined>;

/** Compiles and installs what is not in the cache. @returns a function that starts Temporal, or does nothing if it is not wanted */
const prepareTemporal = async (
  wanted: NonNullable<StackOptions['temporal']>,
  onProgress: (line: string) => void,
): Promise<StartTemporal> => {
  if (wanted === false) return () => Promise.resolve(undefined);
  if (wanted !== true && 'database' in wanted) return ensurePostgresqlStack(onProgress, wanted);
  return (run, programs, ports) => startTemporalServer(run, programs, ports, wanted === true ? {} : wanted);
};

/** Also ensures that everything ends with this process. @param releases free what is not a process or file of the run */
const prepareStop = (run: RunDirectory, releases: readonly (() => void)[]): (() => Promise<void>) => {
  const removeRest = (): void => {
    run.remove();
    for (const release of releases) release();
  };
  const unregister = onOwnerExit(() => {
    killRecordedProcesses(run.path);
    removeRunCgroups(run.runId);
    removeRest();
  });
  return async () => {
    unregister();
    await awaitCondition('the processes of the stack are gone', () => killRecordedProcesses(run.path).length === 0);
    await awaitCondition(
      'cgroups and link of its real nodes are gone',
      () => tryToRemoveRunCgroups(run.runId) && !hasLink(run.runId),
    );
    removeRest();
  };
};

const requireAuditLog = ({ auditLogPath }: ControlPlaneParts): string => {
  if (auditLogPath === undefined)
    throw new Error('This stack runs without an audit log. Start it without `audit: false`.');
  return auditLogPath;
};
