import { describe, expect, it } from '@jest/globals';
import { owner } from '../../builders/pod.ts';
import { NodeSteering } from '../../../src/workflows/node/node-steering.ts';

const ANN = { by: 'ann', reason: 'it hangs' };
const BOB = { by: 'bob', reason: 'it still hangs' };

describe('NodeSteering', () => {
  it('ends the eviction of the pod that a request is for, and of no other', () => {
    const steering = new NodeSteering();
    const recalled: string[] = [];
    for (const uid of ['uid-1', 'uid-2']) steering.setRecall(uid, () => recalled.push(uid));
    steering.retry('uid-1', ANN);
    steering.skip('uid-2', ANN);
    steering.clearRecall('uid-1');
    steering.force('uid-1', ANN);
    expect(recalled).toEqual(['uid-1', 'uid-2']);
    expect(steering.revision).toBe(3);
  });

  it('has no effect when it is repeated', () => {
    const steering = new NodeSteering();
    expect([steering.skip('uid-1', ANN), steering.skip('uid-1', BOB)]).toEqual([true, false]);
    expect(steering.skippedBy('uid-1')).toEqual(ANN);
    expect([steering.force('uid-1', ANN), steering.force('uid-1', BOB)]).toEqual([true, false]);
    expect(steering.skippedBy('uid-1')).toBeUndefined();
    expect([steering.takeForce('uid-1'), steering.takeForce('uid-1')]).toEqual([ANN, undefined]);
  });

  it('hastens the pod of a retry, unless the retry ends a skip', () => {
    const steering = new NodeSteering();
    steering.skip('uid-1', ANN);
    steering.retry('uid-1', BOB);
    expect([steering.skippedBy('uid-1'), steering.hastenedBy('uid-1')]).toEqual([undefined, undefined]);
    steering.retry('uid-1', BOB);
    expect(new NodeSteering(steering.toData()).hastenedBy('uid-1')).toEqual(BOB);
  });

  it('approves only what the node waits for', () => {
    const steering = new NodeSteering();
    expect(steering.approve()).toBeUndefined();
    steering.awaits = 'beforeEviction';
    expect([steering.approve(), steering.approve()]).toEqual(['beforeEviction', undefined]);
    expect([steering.isApproved('beforeEviction'), steering.isApproved('beforeNodeDeletion')]).toEqual([true, false]);
  });

  it('takes only what confirms it as the confirmation that a machine is off, and that for nothing else', () => {
    const steering = new NodeSteering();
    steering.awaits = 'beforeEviction';
    expect(steering.approve(true)).toBeUndefined();
    steering.awaits = 'machineIsOff';
    expect(new NodeSteering(steering.toData()).awaits).toBe('machineIsOff');
    expect([steering.approve(), steering.approve(true)]).toEqual([undefined, 'machineIsOff']);
    steering.revoke('machineIsOff');
    expect(steering.isApproved('machineIsOff')).toBe(false);
  });

  it('ends the wait for replacements of what is named, and keeps who ended it', () => {
    const toWorkload = (name: string) => ({ namespace: 'shop', owner: owner('apps/v1', 'Deployment', name) });
    const [web, api] = [toWorkload('web'), toWorkload('api')];
    const steering = new NodeSteering();
    steering.awaitedReplacements = [web, api];
    steering.skipReplacements([web], ANN);
    expect(steering.awaitedReplacements).toEqual([api]);
    const data = JSON.parse(JSON.stringify(steering.toData())) as ReturnType<NodeSteering['toData']>;
    const next = new NodeSteering(data);
    expect([next.awaitedReplacements, next.skippedReplacements]).toEqual([[], [{ workload: web, ...ANN }]]);
  });

  it('is the same after it was passed on, with the newest 200 records', () => {
    const steering = new NodeSteering();
    steering.skip('uid-1', ANN);
    steering.force('uid-2', BOB);
    steering.awaits = 'beforeEviction';
    steering.approve();
    for (let count = 1; count <= 201; count += 1)
      steering.record({ action: 'retryPod', at: `${count}`, ...ANN, pod: 'default/web-1' });
    const data = JSON.parse(JSON.stringify(steering.toData())) as ReturnType<NodeSteering['toData']>;
    const next = new NodeSteering(data);
    expect(next.toData()).toEqual(steering.toData());
    expect([next.records.length, next.records[0]?.at, next.records.at(-1)?.at]).toEqual([200, '2', '201']);
    expect([next.skippedBy('uid-1'), next.takeForce('uid-2'), next.hasApproval]).toEqual([ANN, BOB, true]);
  });
});
