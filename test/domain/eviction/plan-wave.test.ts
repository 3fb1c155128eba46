import { describe, expect, it } from '@jest/globals';
import { planWave } from '../../../src/domain/eviction/plan-wave.ts';
import type { EvictionTarget } from '../../../src/domain/run/context.ts';

type Criticality = EvictionTarget['systemCritical'];

const pod = (name: string, systemCritical?: Criticality): EvictionTarget => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  workloadUid: 'uid-web',
  workload: 'Deployment/web',
  ...(systemCritical === undefined ? {} : { systemCritical }),
});

const dns = pod('dns', 'running');
const proxy = pod('proxy', 'terminating');
const [web1, web2, web3] = [pod('web-1'), pod('web-2'), pod('web-3')];

describe('planWave', () => {
  it.each<
    readonly [
      name: string,
      targets: readonly EvictionTarget[],
      evicted: readonly string[],
      waiting: readonly string[],
      laterCount: number,
    ]
  >([
    ['an empty node has nothing to evict', [], [], [], 0],
    ['ordinary pods leave together', [web1, web2], ['web-1', 'web-2'], [], 0],
    ['system-critical pods wait for ordinary ones', [dns, web1], ['web-1'], ['dns'], 0],
    ['system-critical pods leave when no other is left', [dns, pod('api', 'running')], ['dns', 'api'], [], 0],
    ['a system-critical pod that terminates is awaited at once', [proxy, dns, web1], ['web-1', 'proxy'], ['dns'], 0],
    ['no system-critical pod waits for another one that terminates', [proxy, dns], ['proxy', 'dns'], [], 0],
    [
      'system-critical pods also wait for ordinary ones beyond the limit',
      [dns, web1, web2, web3],
      ['web-1', 'web-2'],
      ['dns'],
      1,
    ],
    ['a name is evicted once at a time', [web1, { ...web1, uid: 'uid-other' }], ['web-1'], [], 0],
  ])('%s', (_name, targets, evicted, waiting, laterCount) => {
    const wave = planWave(targets, 2);
    expect({
      ...wave,
      evicted: wave.evicted.map(({ name }) => name),
      waiting: wave.waiting.map(({ name }) => name),
    }).toEqual({
      evicted,
      waiting,
      laterCount,
      ordinary: wave.evicted.filter(({ systemCritical }) => systemCritical === undefined).map(({ uid }) => uid),
    });
  });
});
