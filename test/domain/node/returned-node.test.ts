import { describe, expect, it } from '@jest/globals';
import { judgeReturnedNode } from '../../../src/domain/node/returned-node.ts';

const judge = (removed: string, seen: string, isReturnSeen = false) =>
  judgeReturnedNode(
    { nodeName: 'node-1', nodeUid: 'uid-old', machineID: removed },
    { uid: 'uid-new', machineID: seen },
    isReturnSeen,
  );

describe('judgeReturnedNode', () => {
  it.each([
    ['the same machine has come back', 'm-1', 'm-1', false, 'cameBack'],
    ['the same machine has come back, even after an operator resumed', 'm-1', 'm-1', true, 'cameBack'],
    ['a machine with another ID is another machine', 'm-1', 'm-2', false, 'otherMachine'],
    ['a machine without an ID may be the same', 'm-1', '', false, 'mayHaveComeBack'],
    ['any machine may be a removed machine without an ID', '', 'm-2', false, 'mayHaveComeBack'],
    ['two machines without an ID may be the same', '', '', false, 'mayHaveComeBack'],
    ['a machine without an ID is another machine after an operator resumed', 'm-1', '', true, 'otherMachine'],
    ['two machines without an ID are two machines after an operator resumed', '', '', true, 'otherMachine'],
  ] as const)('%s', (_name, removed, seen, isReturnSeen, kind) => {
    expect(judge(removed, seen, isReturnSeen).kind).toBe(kind);
  });

  it.each([
    ['m-1', 'm-1', false, /^the same machine registered as node node-1 again \(UID uid-new\).*Stop and disable/],
    ['m-1', 'm-2', false, /^another machine registered as node node-1 \(UID uid-new, machine ID m-2\).*left untouched/],
    ['m-1', '', false, /machine ID: none, of the removed machine: m-1.*Identify the machine first/],
    ['', '', true, /an operator resumed the run/],
  ] as const)('%s, then %s: states what to do', (removed, seen, isReturnSeen, sentence) => {
    expect(judge(removed, seen, isReturnSeen).message).toMatch(sentence);
  });

  it('never advises to stop the kubelet of a new machine', () => {
    expect(judge('m-1', 'm-2').message).not.toMatch(/kubelet|delete/i);
  });
});
