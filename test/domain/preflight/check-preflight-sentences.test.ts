import { describe, expect, it } from '@jest/globals';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { node } from '../../builders/node.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { PODS_ELSEWHERE, preflightFacts } from '../../builders/preflight-facts.ts';
import { replicaSet, unreadableWorkload, workloadIndex } from '../../builders/workload.ts';

describe('the messages of checkPreflight', () => {
  const findingsOf = (facts: Partial<PreflightFacts>): readonly Finding[] => checkPreflight(preflightFacts(facts));

  it.each<[string, Partial<PreflightFacts>, Partial<Finding>]>([
    [
      'a missing node may already be removed',
      { nodes: [node({ name: 'node-2' })], pods: [] },
      {
        subject: 'node-1',
        message:
          'node node-1 does not exist in cluster default and may already be removed: check the names of node and cluster, or omit the node.',
      },
    ],
    [
      'a refusal states its override',
      { pods: [barePod()] },
      {
        subject: 'default/bare',
        nodeName: 'node-1',
        override: 'force: true',
        message: 'pod default/bare: it has no controller, so it is not recreated; to proceed anyway, set force: true.',
      },
    ],
    [
      'a permission is written as in RBAC',
      { missingRights: [{ verb: 'patch', group: 'policy', resource: 'poddisruptionbudgets', namespace: 'default' }] },
      {
        subject: 'patch poddisruptionbudgets.policy in default',
        message:
          'the permission to patch poddisruptionbudgets.policy in default is missing: grant it to the identity that the worker uses.',
      },
    ],
    [
      'an owner that may not be read is reported together with its ReplicaSet, which is evaluated instead',
      {
        workloads: workloadIndex(
          replicaSet({ controller: owner('argoproj.io/v1', 'Rollout', 'web') }),
          unreadableWorkload('argoproj.io/v1', 'Rollout', 'web'),
        ),
      },
      {
        subject: 'default/Rollout/web',
        severity: 'info',
        message:
          'not checked: the replica count of default/Rollout/web, so each of its ReplicaSets is evaluated and protected separately: grant `get` on kind Rollout of API group argoproj.io and on its scale subresource.',
      },
    ],
    [
      'a worker without the name of its pod gets the settings for it',
      { isOwnPodUnknown: true },
      {
        subject: 'own worker',
        severity: 'warning',
        message:
          'not checked: whether this worker runs on one of the nodes: set POD_NAME and POD_NAMESPACE in its pod (downward API: metadata.name and metadata.namespace).',
      },
    ],
    [
      'a pod that does not fit has the reason of the scheduler',
      { pods: [pod({ requests: { cpu: 9000 } }), ...PODS_ELSEWHERE] },
      {
        message:
          'pod default/web-1-a does not fit on another node (0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable): add capacity or suitable nodes; to proceed anyway, set preflight: warn.',
      },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(findingsOf(facts)).toEqual([expect.objectContaining(expected)]);
  });

  it('sorts by severity, then by node and subject', () => {
    const findings = findingsOf({
      pods: [pod({ name: 'z', phase: 'Failed' }), barePod({ name: 'b' }), barePod({ name: 'a' })],
      notChecked: ['x'],
    });

    expect(findings.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
      'refusal default/a',
      'refusal default/b',
      'info x',
      'info default/z',
    ]);
  });

  it('reports both reasons of a pod', () => {
    const codes = findingsOf({ pods: [barePod({ emptyDirVolumes: ['tmp'] })] }).map(({ code }) => code);

    expect(codes).toEqual(['BarePod', 'EmptyDirData']);
  });
});
