import { join } from 'node:path';

import { createApiClient } from './api-client.ts';
import { markAuditLog, readAuditEvents } from './audit-log.ts';
import { awaitCondition } from './await-condition.ts';
import { readCacheDirectory } from './cache-directory.ts';
import { createClusterAccess } from './cluster-access.ts';
import { createCredentials } from './control-plane-credentials.ts';
import { startControlPlane } from './control-plane.ts';
import type { ControlPlaneParts } from './control-plane.ts';
import { startKwok } from './kwok.ts';
import { onOwnerExit } from './owner-exit.ts';
import { startProcess } from './managed-process.ts';
import { ensurePrograms } from './programs.ts';
import { releasePorts, reservePorts } from './reserve-ports.ts';
import { createRunDirectory } from './run-directory.ts';
import type { RunDirectory } from './run-directory.ts';
import type { Stack, StackOptions } from './stack.ts';
import { killRecordedProcesses, sweepRuns } from './sweep-runs.ts';
import { startTemporalServer } from './temporal-server.ts';
import type { TemporalServer } from './temporal-server.ts';

const DEFAULT_TIMING = { podReadyMilliseconds: 500, podTerminateMilliseconds: 500 };

/**
 * Starts etcd, API server, controller manager, scheduler, KWOK and, if asked to, Temporal; ready in a few seconds.
 * First it clears away what killed runs left and compiles the programs that are not in the cache.
 * When this process ends, by itself, by a signal or by SIGKILL, all of them end; a later start removes the files.
 * @throws Error with one sentence, and the end of the log where a program failed; nothing is left running then
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const baseDirectory = options.baseDirectory ?? readCacheDirectory();
  const onProgress = options.onProgress ?? (() => undefined);
  const programs = await ensurePrograms(undefined, onProgress);
  for (const { runId, killedProcesses } of sweepRuns(baseDirectory)) {
    onProgress(
      `cleared away run ${runId}, whose owner is gone; still running: ${killedProcesses.join(', ') || 'none'}`,
    );
  }

  const run = createRunDirectory(baseDirectory);
  const [apiServer, etcdClient, etcdPeer, frontend, http, ui] = (await reservePorts(run, 6)) as SixPorts;
  const ports = { apiServer, etcdClient, etcdPeer };
  const serverUrl = `https://127.0.0.1:${apiServer}`;
  const credentials = createCredentials(run.path, serverUrl, run.runId);
  const api = createApiClient(apiServer, credentials.certificateAuthority.certificate, credentials.admin);
  const auditLog = options.audit === false ? {} : { auditLogPath: join(run.path, 'audit.log') };
  const parts: ControlPlaneParts = { run, programs, ports, credentials, api, ...auditLog };

  const stop = prepareStop(run, () => {
    api.close();
    releasePorts(run, [apiServer, etcdClient, etcdPeer, frontend, http, ui]);
  });
  const startTemporal = async (): Promise<TemporalServer | undefined> => {
    const wanted = options.temporal ?? false;
    if (wanted === false) return undefined;
    return startTemporalServer(run, programs, { frontend, http, ui }, wanted === true ? {} : wanted);
  };

  try {
    const [temporal, controlPlane] = await Promise.all([startTemporal(), startControlPlane(parts)]);
    startKwok(run, programs, credentials.kwokKubeconfigPath, { ...DEFAULT_TIMING, ...options.kwok });
    const cluster = createClusterAccess(parts, serverUrl);
    await cluster.createNamespace('default');
    return {
      runId: run.runId,
      directory: run.path,
      programs,
      ports,
      serverUrl,
      adminKubeconfigPath: credentials.adminKubeconfigPath,
      certificateAuthorityPath: credentials.pki.certificateAuthorityPath,
      api,
      get temporal() {
        if (temporal === undefined)
          throw new Error('This stack runs without Temporal: start it with `temporal: true`.');
        return temporal;
      },
      ...cluster,
      ...controlPlane,
      markAudit: () => markAuditLog(requireAuditLog(parts)),
      auditEvents: (since) => readAuditEvents(requireAuditLog(parts), since),
      startProgram: (description) => startProcess(run, description),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

type SixPorts = [number, number, number, number, number, number];

/** Also arranges that everything ends with this process. @param release gives back what is not a process or file of the run */
function prepareStop(run: RunDirectory, release: () => void): () => Promise<void> {
  const withdraw = onOwnerExit(() => {
    killRecordedProcesses(run.path);
    run.remove();
    release();
  });
  return async () => {
    withdraw();
    await awaitCondition('the processes of the stack are gone', () => killRecordedProcesses(run.path).length === 0);
    run.remove();
    release();
  };
}

function requireAuditLog({ auditLogPath }: ControlPlaneParts): string {
  if (auditLogPath === undefined)
    throw new Error('This stack runs without an audit log: start it without `audit: false`.');
  return auditLogPath;
}
