import { describe, expect, it } from '@jest/globals';
import { planWave } from '../../../src/domain/eviction/plan-wave.ts';
import { LeavingPods } from '../../../src/workflows/node/leaving-pods.ts';
import { NodeSteering } from '../../../src/workflows/node/node-steering.ts';
import { target } from '../task-script.ts';

const dns = target('dns', { systemCritical: 'running' });
const [web1, web2, web3] = [target('web-1'), target('web-2'), target('web-3')];

/** `web-1` and `web-2` are evicted; `web-3` follows, and then `dns`. */
const arrange = () => {
  const steering = new NodeSteering();
  const leaving = new LeavingPods([], [], steering);
  leaving.wait(planWave([web1, web2, web3, dns], 2));
  for (const pod of [web1, web2]) leaving.start(pod);
  const read = () => leaving.toStatuses().map(({ name, state, waits = '' }) => `${name} ${state} ${waits}`.trim());
  return { steering, leaving, read };
};

describe('LeavingPods', () => {
  it('shows how many pods a system-critical one waits for', () => {
    const { leaving, read } = arrange();
    expect(read()).toEqual([
      'web-1 Evicting',
      'web-2 Evicting',
      'dns Queued system-critical: evicted after the other pods (3 left)',
    ]);
    leaving.end(web1, { outcome: 'Evicted' });
    expect(read()).toContain('dns Queued system-critical: evicted after the other pods (2 left)');
  });

  it('counts a pod whose eviction was recalled as left, and one that is skipped as not awaited', () => {
    const { leaving, steering } = arrange();
    leaving.end(web1, { outcome: 'NotEvicted' });
    expect([leaving.leftCount, leaving.isWaveOver]).toEqual([3, false]);
    leaving.end(web2, { outcome: 'NotEvicted' });
    steering.skip('uid-web-2', { by: 'ann', reason: 'later' });
    expect([leaving.leftCount, leaving.isWaveOver]).toEqual([2, true]);
  });

  it('reports every pod: one that still waits as not evicted, one that left by itself as gone', () => {
    const { leaving } = arrange();
    leaving.end(web1, { outcome: 'Evicted' });
    expect(leaving.toReports()).toEqual([
      { namespace: 'default', name: 'web-1', uid: 'uid-web-1', outcome: 'Evicted' },
      {
        namespace: 'default',
        name: 'dns',
        uid: 'uid-dns',
        outcome: 'NotEvicted',
        message: 'system-critical: evicted after the other pods (2 left)',
      },
    ]);
    leaving.observe([web2, web3]);
    expect(leaving.toReports().map(({ name, outcome }) => [name, outcome])).toEqual([
      ['web-1', 'Evicted'],
      ['dns', 'Gone'],
    ]);
  });

  it('lets an operator steer pods that wait', () => {
    const { leaving, steering } = arrange();
    leaving.end(web1, { outcome: 'Evicted' });
    steering.skip('uid-web-2', { by: 'ann', reason: 'later' });
    expect(leaving.toSteered().map(({ name, state }) => [name, state])).toEqual([
      ['web-1', 'gone'],
      ['web-2', 'skipped'],
      ['dns', 'waiting'],
    ]);
  });
});
