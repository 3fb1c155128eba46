import { describe, expect, it } from '@jest/globals';
import { LOCK_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import type { HostMarker, HostUnit } from '../../../src/domain/host/facts.ts';
import { toHostTarget } from '../../../src/domain/host/target.ts';
import { chooseHosts, findOnHost, type SearchedHost } from '../../../src/domain/janitor/find-host-leftovers.ts';
import type { Leftover } from '../../../src/domain/janitor/leftover.ts';
import { toLockText } from '../../../src/domain/node/lock.ts';
import { toNodeMachine } from '../../../src/domain/node/node-target.ts';
import { leftover } from '../../builders/leftover.ts';
import { lockHolder } from '../../builders/lock-holder.ts';
import { node } from '../../builders/node.ts';

const locked = node({ machineID: 'm-1', annotations: { [LOCK_ANNOTATION]: toLockText(lockHolder()) } });
const UNITS = ['kubelet.service'];
const { operationId } = toHostTarget(lockHolder(), toNodeMachine(locked));

const kubelet = (loadState: string): HostUnit => ({
  name: 'kubelet.service',
  loadState,
  activeState: 'inactive',
  unitFileState: loadState,
});
const marker = (overrides: Partial<HostMarker> = {}): HostMarker => ({
  operationId,
  nodeName: 'node-1',
  nodeUid: 'uid-node-1',
  machineID: 'm-1',
  caHashes: [],
  ...overrides,
});
const host = (overrides: Partial<SearchedHost> = {}): SearchedHost => ({
  machineID: 'm-1',
  units: [kubelet('loaded')],
  ...overrides,
});
const onNode = leftover({ taskId: '42', task: 'closed' });

describe('findOnHost', () => {
  it('lists a masked kubelet and the folder of the operation, with commands for the host', () => {
    const found = findOnHost(locked, host({ units: [kubelet('masked')], marker: marker() }), UNITS, onNode);
    expect(found).toEqual({
      kind: 'host',
      object: 'Host of node node-1',
      what: `kubelet.service is masked, folder /var/lib/node-decommission/${operationId}`,
      taskId: '42',
      task: 'closed',
      caution: expect.stringContaining('run the commands on the host') as unknown,
      commands: [
        'systemctl unmask kubelet.service',
        'systemctl enable --now kubelet.service',
        `rm -r /var/lib/node-decommission/${operationId}`,
      ],
      target: { kind: 'Host', nodeName: 'node-1' },
    });
  });

  it.each<[string, SearchedHost]>([
    ['a host on which nothing is left', host()],
    ['another machine', host({ machineID: 'm-2', units: [kubelet('masked')] })],
    ['the folder of another node', host({ marker: marker({ nodeName: 'node-9' }) })],
    ['a masked unit that is not the kubelet', host({ units: [{ ...kubelet('masked'), name: 'docker.service' }] })],
  ])('finds nothing of %s', (_what, given) => {
    expect(findOnHost(locked, given, UNITS, onNode)).toBeUndefined();
  });

  it('does not attribute the folder of another operation to the task of the lock', () => {
    const found = findOnHost(locked, host({ marker: marker({ operationId: 'other' }) }), UNITS, onNode);
    expect(found).toMatchObject({ task: 'unknown' });
    expect(found).not.toHaveProperty('taskId');
  });

  it('has no commands for a node past its point of no return', () => {
    const passed: Leftover = { ...onNode, stays: 'it is past.' };
    const found = findOnHost(locked, host({ units: [kubelet('masked')], marker: marker() }), UNITS, passed);
    expect(found).toMatchObject({ stays: 'it is past.', commands: [] });
  });
});

describe('chooseHosts', () => {
  const nodes = [locked, node({ name: 'node-2' }), node({ name: 'node-3' })];

  it.each<[string, readonly Leftover[], readonly string[], readonly string[]]>([
    ['of nodes with leftovers', [onNode], [], ['node-1']],
    ['of named nodes without a lock', [], ['node-2'], ['node-2']],
    ['of no node on which a task works', [], ['node-1'], []],
    ['of none', [], [], []],
  ])('chooses those %s', (_what, leftovers, wanted, expected) => {
    expect(chooseHosts(nodes, leftovers, wanted)).toEqual(expected);
  });
});
