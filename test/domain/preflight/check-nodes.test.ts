import { describe, expect, it } from '@jest/globals';
import { POINT_OF_NO_RETURN_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import type { FindingCode } from '../../../src/domain/plan/decommission-plan.ts';
import { checkPreflight } from '../../../src/domain/preflight/check-preflight.ts';
import type { PreflightFacts } from '../../../src/domain/preflight/facts.ts';
import type { DecommissionRequest } from '../../../src/domain/request/decommission-request.ts';
import { node } from '../../builders/node.ts';
import { preflightFacts } from '../../builders/preflight-facts.ts';

const passed = (overrides: Partial<NodeFacts> = {}): Partial<PreflightFacts> => ({
  nodes: [
    node({ annotations: { [POINT_OF_NO_RETURN_ANNOTATION]: 'noon' }, unschedulable: true, ...overrides }),
    node({ name: 'node-2' }),
  ],
});

const find = (code: FindingCode, facts: Partial<PreflightFacts>, request: Partial<DecommissionRequest> = {}) =>
  checkPreflight(preflightFacts(facts, request)).find((finding) => finding.code === code);

describe('a node past its point of no return', () => {
  it('is continued, with a warning', () => {
    expect(find('PastPointOfNoReturn', passed())).toMatchObject({
      severity: 'warning',
      message:
        'node node-1 passed the point of no return of an earlier run at noon: this run continues, and nothing is undone if it fails or is cancelled.',
    });
  });

  it('is refused by a request that keeps the node', () => {
    expect(find('PastPointOfNoReturn', passed(), { deleteNode: false })).toMatchObject({
      severity: 'refusal',
      message: expect.stringContaining('start that request again') as unknown,
    });
  });

  it('is not refused because its kubelet is stopped', () => {
    expect(find('NodeNotReady', passed({ ready: false }))).toMatchObject({ severity: 'warning' });
    expect(find('NodeNotReady', { nodes: [node({ ready: false }), node({ name: 'node-2' })] })).toMatchObject({
      severity: 'refusal',
    });
  });

  it('is refused while pods have to leave a node that is not Ready, with what makes it safe', () => {
    const dead = [node({ ready: false, notReadySince: 'noon' }), node({ name: 'node-2' })];
    const found = find('NodeNotReady', { nodes: dead });
    expect(found?.message).toMatch(
      /^node node-1 is not Ready since noon, so \d+ pods? cannot terminate, .* powered off for good, run `kubectl taint nodes node-1 node\.kubernetes\.io\/out-of-service=/,
    );
    // `preflight: warn` would only lead to the deadline.
    expect(found?.override).toBe('deadNode: outOfService');
    expect(find('NodeNotReady', { nodes: dead, pods: [] })).toMatchObject({
      severity: 'warning',
      message: 'node node-1 is not Ready since noon, and no pod has to leave it.',
    });
  });

  it.each([
    [
      'that does not report',
      true,
      /^node node-1 is not Ready since noon: .* confirms with `approve --machine-is-off` /,
    ],
    ['that still reports', false, /^node node-1 is not Ready since noon: its kubelet still reports, /],
  ])('is a warning with deadNode: outOfService: a node %s', (_which, isSilent, message) => {
    const dead = [node({ ready: false, notReadySince: 'noon', isSilent }), node({ name: 'node-2' })];
    expect(find('NodeNotReady', { nodes: dead }, { deadNode: 'outOfService' })).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('needs no warning when this run waits for the workflow that passed it', () => {
    const locks = { 'node-1': { kind: 'adopted' } } as const;
    expect(find('PastPointOfNoReturn', { ...passed(), locks })).toBeUndefined();
  });
});

describe('a node that Cluster Autoscaler removes', () => {
  it.each(['enforce', 'warn', 'skip'] as const)('is refused under preflight %s', (preflight) => {
    const taints = [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' as const }];
    const nodes = [node({ taints }), node({ name: 'node-2' })];
    expect(find('ForeignOwner', { nodes }, { preflight })).toMatchObject({ severity: 'refusal' });
  });
});

describe('a machine of a provider', () => {
  const nodes = [node({ providerID: 'hcloud://42' }), node({ name: 'node-2' })];

  it('keeps running when its Node is deleted', () => {
    expect(find('MachineKeepsRunning', { nodes })).toMatchObject({
      severity: 'info',
      message:
        'deleting node node-1 leaves its machine (Hetzner Cloud) running and billed, and it may register again, unless the worker ends it (`endMachine`): to end it afterwards, run `hcloud server delete 42`.',
    });
  });

  it.each<readonly [string, Partial<PreflightFacts>, Partial<DecommissionRequest>]>([
    ['of a Node that stays', { nodes }, { deleteNode: false }],
    ['that is not recognised', { nodes: [node({ providerID: 'metal://7' }), node({ name: 'node-2' })] }, {}],
    ['that the Node does not name', {}, {}],
  ])('is not mentioned %s', (_which, facts, request) => {
    expect(find('MachineKeepsRunning', facts, request)).toBeUndefined();
  });
});

describe('a node of another controller', () => {
  const claim = {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    name: 'default-x7k2p',
    uid: 'u',
    controller: false,
  };
  const ofClusterApi = (machine: string): Partial<NodeFacts> => ({
    annotations: { 'cluster.x-k8s.io/machine': machine, 'cluster.x-k8s.io/cluster-namespace': 'shop' },
  });
  const inCluster = 'delete its Machine in the management cluster';

  it.each<readonly [string, Partial<NodeFacts>, string]>([
    [
      'Karpenter',
      { ownerReferences: [claim] },
      'delete its NodeClaim (`kubectl delete nodeclaims.karpenter.sh default-x7k2p`) instead.',
    ],
    ['Karpenter', { labels: { 'karpenter.sh/nodepool': 'default' } }, 'delete its NodeClaim instead.'],
    [
      'Cluster API',
      ofClusterApi('md-0-abc'),
      `${inCluster} (\`kubectl delete machines.cluster.x-k8s.io md-0-abc --namespace shop\`) instead.`,
    ],
    ['Cluster API', ofClusterApi('md-0; reboot'), `${inCluster} instead.`],
    [
      'OpenShift Machine API',
      { annotations: { 'machine.openshift.io/machine': 'openshift-machine-api/worker-7' } },
      'delete its Machine (`oc delete machines.machine.openshift.io worker-7 --namespace openshift-machine-api`) instead.',
    ],
  ])('%s is refused, with what to delete instead (%#)', (name, given, expected) => {
    const nodes = [node(given), node({ name: 'node-2' })];
    expect(find('ForeignOwner', { nodes })?.message).toBe(
      `node node-1 is managed by ${name}, which reacts to its deletion: ${expected}`,
    );
  });
});
