import { describe, expect, it } from '@jest/globals';
import type { PodFacts, WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { findReplacedWorkloads } from '../../../src/domain/replacements/replaced-workload.ts';
import { barePod, owner, pod } from '../../builders/pod.ts';
import { countlessWorkload, replicaSet, unreadableWorkload, workload, workloadIndex } from '../../builders/workload.ts';

const webOwner = owner('apps/v1', 'Deployment', 'web');
const jobPod = pod({ controller: owner('batch/v1', 'Job', 'import') });
const daemon = pod({ controller: owner('apps/v1', 'DaemonSet', 'agent') });
const databasePod = pod({ controller: owner('db.example/v1', 'Database', 'orders') });
const database = { namespace: 'default', owner: owner('db.example/v1', 'Database', 'orders') };

const find = (pods: readonly PodFacts[], ...workloads: readonly WorkloadFacts[]) =>
  findReplacedWorkloads(pods, workloadIndex(...workloads));

describe('findReplacedWorkloads', () => {
  it.each<[string, Partial<WorkloadFacts>, number]>([
    ['all are Ready', { replicas: 3, readyReplicas: 3 }, 3],
    ['one is not', { replicas: 3, readyReplicas: 2 }, 2],
    ['more are Ready than wanted', { replicas: 1, readyReplicas: 3 }, 1],
    ['its status does not count them', { replicas: 3 }, 3],
  ])('has a workload once, with how many have to be Ready: %s', (_case, facts, readyBefore) => {
    const pods = [pod({ name: 'a' }), pod({ name: 'b' })];
    expect(find(pods, workload(facts), replicaSet())).toEqual([{ namespace: 'default', owner: webOwner, readyBefore }]);
  });

  it.each<[string, PodFacts, readonly WorkloadFacts[]]>([
    ['a Job', jobPod, [countlessWorkload('batch/v1', 'Job', 'import')]],
    ['a DaemonSet', daemon, [countlessWorkload('apps/v1', 'DaemonSet', 'agent')]],
    ['a bare pod', barePod(), []],
  ])('leaves out %s', (_case, leaving, workloads) => {
    expect(find([leaving], ...workloads)).toEqual([]);
  });

  it.each<[string, WorkloadFacts]>([
    ['a kind without a replica count', countlessWorkload('db.example/v1', 'Database', 'orders')],
    ['an owner that cannot be read', unreadableWorkload('db.example/v1', 'Database', 'orders')],
  ])('does not know how many %s wants', (_case, facts) => {
    expect(find([databasePod], facts)).toEqual([database]);
  });
});
