import { describe, expect, it } from '@jest/globals';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { node } from '../../builders/node.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';
import { replicaSet, unreadableWorkload, workloadIndex } from '../../builders/workload.ts';

describe("checkPreflight's sentences", () => {
  const findingsOf = (facts: Partial<PreflightFacts>): readonly Finding[] => checkPreflight(preflightFacts(facts));

  it.each<[string, Partial<PreflightFacts>, Partial<Finding>]>([
    [
      'a missing node may be gone already',
      { nodes: [node({ name: 'node-2' })], pods: [] },
      {
        subject: 'node-1',
        message:
          'cluster default has no node node-1: already removed? Check the name and the cluster, then leave it out.',
      },
    ],
    [
      'a refusal names its override',
      { pods: [barePod()] },
      {
        subject: 'default/bare',
        nodeName: 'node-1',
        override: 'force: true',
        message:
          'pod default/bare: it has no controller, so nothing makes it anew; set force: true to go on all the same.',
      },
    ],
    [
      'a right is named as RBAC writes it',
      { missingRights: [{ verb: 'patch', group: 'policy', resource: 'poddisruptionbudgets', namespace: 'default' }] },
      {
        subject: 'patch poddisruptionbudgets.policy in default',
        message:
          'the right to patch poddisruptionbudgets.policy in default is missing: grant it to the identity that the worker uses.',
      },
    ],
    [
      'an owner that may not be read is told from the ReplicaSet below it that was judged instead',
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
          'not checked: how many replicas default/Rollout/web wants, so each of its ReplicaSets is judged and protected for itself: grant `get` on kind Rollout of API group argoproj.io and on its scale subresource.',
      },
    ],
    [
      'a worker that does not know its own pod is told how it learns its name',
      { isOwnPodUnknown: true },
      {
        subject: 'own worker',
        severity: 'warning',
        message:
          'not checked: whether our own worker runs on one of the nodes: set POD_NAME and POD_NAMESPACE in its pod (downward API: metadata.name and metadata.namespace).',
      },
    ],
    [
      'a pod without a place has the reason of the scheduler',
      { pods: [pod({ requests: { cpu: 9000 } })] },
      {
        message:
          'pod default/web-1-a has no place elsewhere (0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable): add room or nodes that suit it; set preflight: warn to go on all the same.',
      },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(findingsOf(facts)).toEqual([expect.objectContaining(expected)]);
  });

  it('puts the gravest first, then sorts by node and subject', () => {
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
