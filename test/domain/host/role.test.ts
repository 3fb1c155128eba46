import { describe, expect, it } from '@jest/globals';
import { judgeHostRole } from '../../../src/domain/host/role.ts';
import { hostFacts } from '../../builders/host-facts.ts';

describe('judgeHostRole', () => {
  it('accepts a worker', () => {
    expect(judgeHostRole(hostFacts())).toEqual([]);
  });

  it('refuses a host with any sign of a control plane and lists all of them', () => {
    const controlPlaneSigns = ['/etc/kubernetes/manifests/etcd.yaml is there', 'process 7 is etcd'];
    expect(judgeHostRole(hostFacts({ controlPlaneSigns }))).toEqual([
      expect.stringContaining('(/etc/kubernetes/manifests/etcd.yaml is there; process 7 is etcd)'),
    ]);
  });
});
