import { describe, expect, it } from '@jest/globals';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { Finding } from '../../../src/domain/plan/decommission-plan.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import { decommissionRequest } from '../../builders/decommission-request.ts';
import { node } from '../../builders/node.ts';
import { likely, noPlace, pinned, placements, unplaced } from '../../builders/placements.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { PODS_ELSEWHERE, preflightFacts } from '../../builders/preflight-facts.ts';
import { replicaSet, unreadableWorkload, workload, workloadIndex } from '../../builders/workload.ts';

describe('the messages of checkPreflight', () => {
  const findingsOf = (facts: Partial<PreflightFacts>): readonly Finding[] => checkPreflight(preflightFacts(facts));

  it.each<[string, Partial<PreflightFacts>, Partial<Finding>]>([
    [
      'a missing node may already be removed',
      { nodes: [node({ name: 'node-2' })], pods: [] },
      {
        subject: 'node-1',
        message:
          'node node-1 does not exist in cluster default and may already be removed: check the names of node and cluster, or omit the node; if a run of it was terminated, `janitor node-1` names what it left.',
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
      'a remedy that names the override is not repeated',
      {
        request: decommissionRequest({ hostCleanup: 'required' }),
        hosts: {
          'node-1': { ok: false, code: 'HostUnusable', message: 'No settings. Add them, or set `hostCleanup: skip`.' },
        },
      },
      { override: 'hostCleanup: skip', message: 'No settings. Add them, or set `hostCleanup: skip`.' },
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
      'a pod that is held by a local disk has its claim, its volume and what is lost',
      {
        pods: [pod({ persistentVolumeClaims: ['data'] }), ...PODS_ELSEWHERE],
        claims: [{ namespace: 'default', name: 'data', volumeName: 'pv-1' }],
        volumes: [
          {
            name: 'pv-1',
            nodeAffinity: [
              {
                matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: ['node-1'] }],
                matchFields: [],
              },
            ],
            isOnNode: true as const,
          },
        ],
        placements: placements({ 'web-1-a': pinned("1 node(s) didn't match PersistentVolume's node affinity") }),
      },
      {
        message:
          "pod default/web-1-a can only run on the nodes to remove (0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity): its claim data is bound to volume pv-1 (kubernetes.io/hostname: node-1), a disk of the node, whose data is lost with it: move the data, or add a node that can use the volume; to proceed anyway, set preflight: warn.",
      },
    ],
    [
      'a pod whose template names the node has the template',
      { workloads: workloadIndex(replicaSet(), workload({ templateNodeName: 'node-1' })) },
      {
        message:
          'pod default/web-1-a would come back on a node to remove: the template of Deployment/web sets nodeName to node-1, which no cordon prevents: remove it from the template; to proceed anyway, set preflight: warn.',
      },
    ],
    [
      'a pod that does not fit has the reason of the scheduler',
      { placements: placements({ 'web-1-a': unplaced() }) },
      {
        message:
          'pod default/web-1-a does not fit on another node (0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable): add capacity or suitable nodes; to proceed anyway, set preflight: warn.',
      },
    ],
    [
      'a pod whose template names another node goes there',
      {
        placements: placements({
          'web-1-a': {
            verdict: 'unknown',
            message:
              'the template of Deployment/web sets nodeName to node-3: the pod starts there without the scheduler',
            isBypassing: true,
          },
        }),
      },
      {
        message:
          'pod default/web-1-a: the template of Deployment/web sets nodeName to node-3: the pod starts there without the scheduler, so it fails if that node has no room.',
      },
    ],
    [
      'a pod that requires labels that no node has gets another advice than one that lacks room',
      {
        pods: [pod({ nodeSelector: { zone: 'gone' } }), ...PODS_ELSEWHERE],
        placements: placements({ 'web-1-a': pinned() }),
      },
      {
        code: 'PodDoesNotFit',
        message:
          "pod default/web-1-a does not fit on another node (0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable): no node has the labels that it requires (zone: gone): label a node, or change its node selector or node affinity; to proceed anyway, set preflight: warn.",
      },
    ],
    [
      'a pod that its owner recreates from another template has that template',
      { placements: placements({ 'web-1-a': unplaced(noPlace(), { isFromOwner: true }) }) },
      {
        message:
          'pod default/web-1-a, recreated from the current template of Deployment/web, does not fit on another node (0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable): add capacity or suitable nodes; to proceed anyway, set preflight: warn.',
      },
    ],
    [
      'a pod that fits in some trials has their number and the reason of the others',
      { placements: placements({ 'web-1-a': likely() }) },
      {
        message:
          'pod default/web-1-a may stay pending: it has a place in 5 of 12 trials, else none: 0/2 nodes are available: 1 Insufficient cpu.',
      },
    ],
    [
      'a pod that fits once the nodes are deleted waits for that',
      { placements: placements({ 'web-1-a': likely({ isPlacedAfterDeletion: true }) }) },
      {
        message:
          'pod default/web-1-a stays pending until the nodes are deleted (0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable): if its budget waits for it, add a suitable node first.',
      },
    ],
    [
      'a pod that comes back on its node gets the toleration as the reason',
      {
        placements: placements({ 'web-1-a': { ...unplaced(), message: 'comes back on node-1', returnsTo: 'node-1' } }),
      },
      {
        code: 'PodPinnedToNode',
        message:
          'pod default/web-1-a comes back on node-1: the drain fails if that happens three times, so remove its toleration of node.kubernetes.io/unschedulable; to proceed anyway, set preflight: warn.',
      },
    ],
    [
      'a pod that may come back on its node is a warning',
      { placements: placements({ 'web-1-a': likely({ message: 'may come back on node-1', returnsTo: 'node-1' }) }) },
      {
        code: 'PodMayNotFit',
        message:
          'pod default/web-1-a may come back on node-1: the drain fails if that happens three times, so remove its toleration of node.kubernetes.io/unschedulable.',
      },
    ],
    [
      'a pod whose placement is unknown has the reason',
      { placements: placements({ 'web-1-a': { verdict: 'unknown', message: 'node-2 has room, but it is gated' } }) },
      { message: 'pod default/web-1-a: node-2 has room, but it is gated, so it may stay pending.' },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(findingsOf(facts)).toEqual([expect.objectContaining(expected)]);
  });

  it('names the autoscaler that has to add a node', () => {
    const found = checkPreflight(
      preflightFacts({ placements: placements({ 'web-1-a': unplaced() }) }, { assumeAutoscaling: true }),
    );
    expect(found.map(({ message }) => message)).toEqual([
      'pod default/web-1-a does not fit on another node (0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable): it stays pending until the cluster autoscaler adds a node, as assumeAutoscaling: true expects.',
    ]);
  });

  it('reports pods that exclude each other for another reason than room', () => {
    const ports = noPlace({ message: "1 node(s) didn't have free ports.", plugins: ['NodePorts'] });
    const found = placements(
      { 'web-1-a': likely({ rejection: ports }), 'web-1-z': likely({ rejection: ports }) },
      { unplacedAtBest: ['uid-default-web-1-z'] },
    );
    const pods = [pod(), pod({ name: 'web-1-z' }), ...PODS_ELSEWHERE];
    expect(findingsOf({ pods, placements: found })).toContainEqual(
      expect.objectContaining({
        code: 'NoRoomTogether',
        message:
          "not all pods of 1 node to remove have a place at the same time: at best, default/web-1-z remains pending (1 node(s) didn't have free ports): add suitable nodes, or remove fewer nodes at a time; to proceed anyway, set preflight: warn.",
      }),
    );
  });

  it('sums up what pods request that fit one by one, but not at the same time', () => {
    const found = placements({ 'web-1-a': likely(), 'web-1-z': likely() }, { unplacedAtBest: ['uid-default-web-1-z'] });
    const pods = ['web-1-a', 'web-1-z'].map((name) => pod({ name, requests: { cpu: 3000 } }));
    expect(findingsOf({ pods, placements: found })).toContainEqual(
      expect.objectContaining({
        code: 'NoRoomTogether',
        severity: 'refusal',
        message:
          '2 pods of 1 node to remove do not fit on the others at the same time; together they request cpu 6000m (free: cpu 4000m): add as much capacity, or remove fewer nodes at a time; to proceed anyway, set preflight: warn.',
      }),
    );
  });

  it('sums up what several pods without a place request, beside what is free', () => {
    const large = ['web-1-a', 'web-1-z'].map((name) => pod({ name, requests: { cpu: 9000, memory: 2 ** 30 } }));
    const found = placements({ 'web-1-a': unplaced(), 'web-1-z': unplaced() });
    expect(findingsOf({ pods: [...large, ...PODS_ELSEWHERE], placements: found })).toContainEqual(
      expect.objectContaining({
        code: 'NoRoomTogether',
        severity: 'refusal',
        subject: 'node-1',
        message: expect.stringMatching(
          /^2 pods of 1 node to remove do not fit on the others; together they request cpu 18000m \(free: cpu \d+m\), memory 2048Mi \(free: memory \d+Mi\): add as much capacity/,
        ) as unknown,
      }),
    );
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
