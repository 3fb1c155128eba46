import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DoctorCheck } from '../../src/cli/doctor/doctor-check.ts';
import type { DecommissionPlan } from '../../src/domain/plan/decommission-plan.ts';
import { RIGHTS_TO_RUN, RIGHTS_TO_SURGE, toRightText } from '../../src/domain/cluster/rights.ts';
import { disruptionBudget } from '../../stack/cluster-fixtures/disruption-budget.ts';
import { pod } from '../../stack/cluster-fixtures/pods.ts';
import {
  daemonSet,
  deployment,
  job,
  replicaSet,
  replicationController,
  statefulSet,
} from '../../stack/cluster-fixtures/workloads.ts';
import { boundRows } from '../long-run.ts';
import { awaitStatusText } from './harness/await-status.ts';
import { awaitClosing, type Closing } from './harness/closing.ts';
import { SHORT_WAITS, startHarness, type Harness } from './harness/harness.ts';
import { awaitSnapshot, readSnapshot } from './harness/snapshot.ts';
import { createIdentity, isGrantedBy, NAMESPACE, readSingleRules, type PolicyRule } from './rights/roles.ts';

/** `system:basic-user` grants it to everyone, so a role without it still has it. */
const REQUIRED = boundRows(
  RIGHTS_TO_RUN.filter(({ resource }) => resource !== 'selfsubjectaccessreviews'),
  4,
);
/** Those of surge are required only by a run that asks for it. */
const REMOVABLE_RIGHTS = [...REQUIRED, ...RIGHTS_TO_SURGE];
const isOfSurge = (index: number): boolean => index >= REQUIRED.length;
const NODE = 'node-1';

const OPERATOR_GROUPS = ['apps.kruise.io', 'argoproj.io', 'core.strimzi.io', 'postgresql.cnpg.io'];
const isOfBuiltinKind = ({ apiGroups }: PolicyRule): boolean => !OPERATOR_GROUPS.includes(apiGroups[0] ?? '');

const toClusterName = (index: number): string => `without-${index}`;

/** For each right the configuration has a cluster with an identity that lacks only this right. */
describe('rights', () => {
  let harness: Harness;
  let doctor: { readonly ok: boolean; readonly checks: readonly DoctorCheck[]; readonly exitCode: number };
  let before: unknown;
  const closings = new Map<number, Closing>();
  const allRules = readSingleRules('node-decommission');
  const surgeRules = readSingleRules('node-decommission-surge');

  beforeAll(async () => {
    harness = await startHarness();
    const { stack } = harness;
    const kubeconfigs = await Promise.all([
      stack.serviceAccountKubeconfig(NAMESPACE, 'node-decommission'),
      createIdentity(stack, 'reader', readSingleRules('node-decommission-reader')),
      createIdentity(stack, 'fading', allRules),
      createIdentity(stack, 'builtin', allRules.filter(isOfBuiltinKind)),
      ...REMOVABLE_RIGHTS.map((right, index) =>
        createIdentity(
          stack,
          toClusterName(index),
          [...allRules, ...(isOfSurge(index) ? surgeRules : [])].filter((rule) => !isGrantedBy(right, rule)),
        ),
      ),
    ]);
    const names = [
      'default',
      'reader',
      'fading',
      'builtin',
      ...REMOVABLE_RIGHTS.map((_right, index) => toClusterName(index)),
    ];
    const clusters = Object.fromEntries(names.map((name, index) => [name, { kubeconfig: kubeconfigs[index] }]));
    writeFileSync(harness.environment['NODE_DECOMMISSION_CONFIG']!, JSON.stringify({ clusters, waits: SHORT_WAITS }));
    await createPods();
    await harness.startWorker();
    before = await readSnapshot(stack);
    await Promise.all([runDoctor(), ...REMOVABLE_RIGHTS.map((_right, index) => runWithout(index))]);
  });

  afterAll(async () => {
    await harness.stop();
  });

  /** Owners of every kind that is read, so that each right is used and not only checked. */
  const createPods = async (): Promise<void> => {
    const { stack } = harness;
    await stack.createNamespace('mix');
    await stack.createNodes([{ name: NODE }]);
    const two = { namespace: 'mix', replicas: 2 };
    await stack.apply([
      deployment({ ...two, name: 'web' }),
      replicaSet({ ...two, name: 'alone' }),
      replicationController({ ...two, name: 'old' }),
      statefulSet({ ...two, name: 'store' }),
      daemonSet({ ...two, name: 'agent' }),
      job({ ...two, name: 'batch' }),
    ]);
    await stack.awaitPodsReady('mix', '', 11);
    await stack.createNodes([{ name: 'node-2' }]);
  };

  const runDoctor = async (): Promise<void> => {
    const { stdout, exitCode } = await harness.runCli(['doctor', '-o', 'json']);
    doctor = { ...(JSON.parse(stdout) as { ok: boolean; checks: DoctorCheck[] }), exitCode };
  };

  const runWithout = async (index: number): Promise<void> => {
    const singleReplica = isOfSurge(index) ? 'surge' : 'block';
    const request = { nodeNames: [NODE], hostCleanup: 'skip', cluster: toClusterName(index), singleReplica };
    closings.set(index, await awaitClosing(await harness.start(request)));
  };

  const checksOf = (cluster: string): readonly DoctorCheck[] =>
    doctor.checks.filter(({ name }) => name.endsWith(`cluster ${cluster}`));

  it.each(REMOVABLE_RIGHTS.map((right, index) => [toRightText(right), right, index] as const))(
    'refuses without the right to %s and names it, as does the doctor',
    (_text, right, index) => {
      const closing = closings.get(index)!;
      expect(closing).toMatchObject({ status: 'Failed', type: 'Refused', report: { outcome: 'Refused' } });
      expect(closing.message).toContain(`the permission to ${toRightText(right)} is missing`);
      expect(closing.message?.match(/the permission to/g)).toHaveLength(1);

      const checks = checksOf(toClusterName(index)).filter(({ ok }) => ok === isOfSurge(index));
      const message = expect.stringMatching(new RegExp(`^missing: ${toRightText(right)}(;|$)`)) as unknown;
      expect(checks.map((check) => check.message)).toContainEqual(message);
    },
  );

  it('changes nothing in any of these', async () => {
    expect(await readSnapshot(harness.stack)).toEqual(before);
  });

  it('has the doctor report no problems for the whole role, and exit with 1 for the others', () => {
    expect(checksOf('default')).toEqual([
      expect.objectContaining({ name: 'address of cluster default', ok: true }),
      expect.objectContaining({ name: 'cluster default', ok: true }),
      expect.objectContaining({ ok: true, message: `all ${RIGHTS_TO_RUN.length} granted` }),
      // Their roles are not bound unless the operator decides so.
      ...['try-replacements', 'surge', 'force']
        .map((name) => `node-decommission-${name}`)
        .map(
          (role) => expect.objectContaining({ ok: true, message: expect.stringContaining(role) as unknown }) as unknown,
        ),
      expect.objectContaining({ name: 'workers of cluster default', ok: true }),
      expect.objectContaining({ name: 'changes of ended tasks in cluster default', ok: true, message: 'none' }),
    ]);
    const failing = doctor.checks.filter(({ ok }) => !ok).map(({ name }) => name.replace(/^.*cluster /, ''));
    expect([...new Set(failing)].sort()).toEqual(
      ['reader', ...REQUIRED.map((_right, index) => toClusterName(index))].sort(),
    );
    expect(doctor).toMatchObject({ ok: false, exitCode: 1 });
  });

  it('has the doctor exit with 0 when every cluster has the whole role', async () => {
    const path = harness.environment['NODE_DECOMMISSION_CONFIG']!;
    const kubeconfig = await harness.stack.serviceAccountKubeconfig(NAMESPACE, 'node-decommission');
    const only = `${path}.only.json`;
    writeFileSync(only, JSON.stringify({ clusters: { default: { kubeconfig } } }));
    const { exitCode, stdout } = await harness.runCli(['doctor'], { environment: { NODE_DECOMMISSION_CONFIG: only } });

    expect(stdout).not.toContain('FAIL');
    expect(exitCode).toBe(0);
  });

  it('plans with the reader role, and lists what it cannot check', async () => {
    const words = ['plan', NODE, '--cluster', 'reader', '--host-cleanup', 'skip'];
    const [json, text] = await Promise.all([harness.runCli([...words, '-o', 'json']), harness.runCli(words)]);

    expect(json.exitCode).toBe(0);
    const plan = JSON.parse(json.stdout) as DecommissionPlan;
    expect(plan.verdict).toBe('Go');
    expect(plan.findings.filter(({ code }) => code === 'NotChecked')).toHaveLength(4);
    expect(text.stdout).toContain('Not checked (4)');
  });

  it('needs no right for the kinds of operators that are not installed', async () => {
    expect(await harness.stack.api.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).toEqual([]);
    const request = { nodeNames: [NODE], hostCleanup: 'skip', cluster: 'builtin', dryRun: true };
    const { report } = await awaitClosing(await harness.start(request));

    expect(report.outcome).toBe('DryRun');
    expect(checksOf('builtin').filter(({ ok }) => !ok)).toEqual([]);
  });

  it('undoes everything when the right to evict is removed in mid-drain', async () => {
    const { stack } = harness;
    const place = { namespace: 'fading', nodeName: NODE };
    await stack.createNamespace(place.namespace);
    await stack.apply([
      disruptionBudget({ namespace: 'fading', name: 'hold', minAvailable: 1 }),
      pod({ ...place, name: 'held', labels: { app: 'hold' } }),
    ]);
    await stack.awaitPodsReady('fading', 'app=hold', 1);
    const unchanged = await readSnapshot(stack);
    const run = await harness.start({
      ...{ nodeNames: [NODE], hostCleanup: 'skip', cluster: 'fading' },
      ...{ force: true, preflight: 'warn', requestedBy: 'a tester' },
    });
    await awaitStatusText(harness, run, 'fading/hold allows 0 now');
    const rules = allRules.filter(({ resources }) => resources[0] !== 'pods/eviction');
    await createIdentity(stack, 'fading', rules);
    await stack.apply([disruptionBudget({ namespace: 'fading', name: 'hold', minAvailable: 0 })]);
    const closing = await awaitClosing(run);

    expect(closing).toMatchObject({ type: 'RolledBack', report: { failure: { type: 'EvictionRefused' } } });
    expect(closing.message).toContain('pods/eviction');
    const pods = await stack.api.list('/api/v1/namespaces/fading/pods');
    expect(pods.map(({ metadata }) => metadata.deletionTimestamp)).toEqual([undefined]);
    await stack.apply([disruptionBudget({ namespace: 'fading', name: 'hold', minAvailable: 1 })]);
    expect(await awaitSnapshot(stack, unchanged)).toEqual(unchanged);
  });
});
