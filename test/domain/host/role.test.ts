import { describe, expect, it } from '@jest/globals';
import { judgeHostRole } from '../../../src/domain/host/role.ts';
import { hostFacts } from '../../builders/host-facts.ts';

describe('judgeHostRole', () => {
  it('has nothing against a worker', () => {
    expect(judgeHostRole(hostFacts())).toEqual([]);
  });

  it('refuses a host that shows any sign of a control plane, and names all of them', () => {
    const controlPlaneSigns = ['/etc/kubernetes/manifests/etcd.yaml is there', 'process 7 is etcd'];
    expect(judgeHostRole(hostFacts({ controlPlaneSigns }))).toEqual([
      expect.stringContaining('(/etc/kubernetes/manifests/etcd.yaml is there; process 7 is etcd)'),
    ]);
  });
});
