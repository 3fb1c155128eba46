import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { awaitCondition } from '../../stack/processes/await-condition.ts';
import { cloneSet, cloneSetDefinition, cloneSetPods, cloneSetStatus } from '../../stack/cluster-fixtures/clone-set.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import type { KubernetesObject } from '../../stack/cluster-fixtures/kubernetes-object.ts';
import { finishedPod, mirrorPod, pod } from '../../stack/cluster-fixtures/pods.ts';
import { daemonSet, deployment, job, replicaSet, statefulSet } from '../../stack/cluster-fixtures/workloads.ts';
import type { Stack } from '../../stack/stack.ts';
import { startStack } from '../../stack/start-stack.ts';

const namespace = 'stack-test';
const podsPath = `/api/v1/namespaces/${namespace}/pods`;

const readReadiness = (found: KubernetesObject): string | undefined => {
  const conditions = (found.status?.['conditions'] ?? []) as { type: string; status: string }[];
  return conditions.find(({ type }) => type === 'Ready')?.status;
};

describe('the local stack', () => {
  let stack: Stack;
  let firstNode: KubernetesObject;

  const awaitPod = (name: string, isAsWanted: (found: KubernetesObject) => boolean): Promise<KubernetesObject> =>
    awaitCondition(`pod ${name} is in the expected state`, async () => {
      const found = await stack.api.find(`${podsPath}/${name}`);
      return found !== undefined && isAsWanted(found) ? found : undefined;
    });

  beforeAll(async () => {
    stack = await startStack({ temporal: { headless: true } });
    [firstNode] = (await stack.createNodes([{ name: 'n1' }, { name: 'n2' }])) as [KubernetesObject, KubernetesObject];
    await stack.createNamespace(namespace);
  });
  afterAll(async () => {
    const { directory } = stack;
    await stack.stop();
    expect(existsSync(directory)).toBe(false);
  });

  it('runs every kind of workload on simulated nodes', async () => {
    const clones = { namespace, name: 'clones', replicas: 2 };
    await stack.apply([
      cloneSetDefinition(),
      deployment({ namespace, name: 'web', replicas: 4 }),
      statefulSet({ namespace, name: 'store', replicas: 2, pod: { emptyDir: 'scratch' } }),
      replicaSet({ namespace, name: 'alone', replicas: 2 }),
      daemonSet({ namespace, name: 'agent' }),
      job({ namespace, name: 'batch' }),
      cloneSet(clones),
      pod({ namespace, name: 'bare' }),
      mirrorPod({ namespace, name: 'static-n1' }, firstNode),
      disruptionBudget({ namespace, name: 'web', maxUnavailable: 1 }),
    ]);
    const cloneSetPath = `/apis/apps.kruise.io/v1alpha1/namespaces/${namespace}/clonesets/clones`;
    await stack.api.patch(`${cloneSetPath}/status`, cloneSetStatus(clones));
    await stack.apply(cloneSetPods(clones, await stack.api.read(cloneSetPath)));

    await stack.awaitPodsReady(namespace, '', 4 + 2 + 2 + 2 + 1 + 2 + 1 + 1);
    const scale = await stack.api.read(`${cloneSetPath}/scale`);
    expect(scale).toMatchObject({ spec: { replicas: 2 }, status: { selector: 'app=clones' } });
  });

  it('simulates the behavior that pods request', async () => {
    await stack.apply([
      finishedPod({ namespace, name: 'done' }),
      finishedPod({ namespace, name: 'broken' }, 'Failed'),
      pod({ namespace, name: 'looping', behavior: { readiness: 'crash-loop' } }),
      pod({ namespace, name: 'unready', behavior: { readiness: 'never' } }),
      pod({ namespace, name: 'stuck', behavior: { termination: 'never' } }),
      pod({ namespace, name: 'slow', behavior: { terminateAfterMilliseconds: 60_000 } }),
    ]);
    await awaitPod('done', ({ status }) => status?.['phase'] === 'Succeeded');
    await awaitPod('broken', ({ status }) => status?.['phase'] === 'Failed');
    const unready = await awaitPod('unready', ({ status }) => status?.['phase'] === 'Running');
    expect(readReadiness(unready)).toBe('False');
    const looping = await awaitPod('looping', ({ status }) => status?.['phase'] === 'Running');
    expect(JSON.stringify(looping.status)).toContain('CrashLoopBackOff');

    for (const name of ['stuck', 'slow']) await awaitPod(name, (found) => readReadiness(found) === 'True');
    await stack.api.delete(`${podsPath}/stuck`);
    await stack.api.delete(`${podsPath}/slow`, { gracePeriodSeconds: 1 });
    await awaitCondition(
      'the slow pod is gone after its grace period',
      async () => (await stack.api.find(`${podsPath}/slow`)) === undefined,
    );
    expect((await stack.api.read(`${podsPath}/stuck`)).metadata.deletionTimestamp).toBeDefined();
  });

  it('counts the requests of a drain that its budget slows down', async () => {
    const mark = stack.markAudit();
    const drain = await stack.kubectl(['drain', 'n1', '--pod-selector=app=web', '--timeout=40s']);
    expect(drain).toMatchObject({ exitCode: 0 });
    const evictions = stack
      .auditEvents(mark)
      .filter(({ objectRef, verb }) => verb === 'create' && objectRef?.subresource === 'eviction');
    const accepted = evictions.filter(({ responseStatus }) => responseStatus?.code === 201);
    expect(accepted.length).toBeGreaterThan(0);
    expect(evictions.every(({ requestObject }) => requestObject?.metadata?.name?.startsWith('web-'))).toBe(true);
    await stack.awaitPodsReady(namespace, 'app=web', 4);
  });

  it('keeps its data when the API server is killed', async () => {
    await stack.restartApiServer('SIGKILL');
    expect(await stack.api.find(`${podsPath}/bare`)).toBeDefined();
    await stack.restartApiServer('SIGTERM');
    await stack.apply([deployment({ namespace, name: 'later' })]);
    await stack.awaitPodsReady(namespace, 'app=later', 1);
  });

  it('authenticates as a service account', async () => {
    const kubeconfigPath = await stack.serviceAccountKubeconfig(namespace, 'default');
    const { stdout, exitCode } = await stack.kubectl(['auth', 'whoami', '-o', 'json'], { kubeconfigPath });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`system:serviceaccount:${namespace}:default`);
  });

  it('starts Temporal again on the same data', async () => {
    expect(stack.temporal.uiAddress).toBeUndefined();
    await stack.temporal.kill();
    expect(stack.temporal.isRunning()).toBe(false);
    await stack.temporal.start();
    expect(stack.temporal.isRunning()).toBe(true);
  });
});
