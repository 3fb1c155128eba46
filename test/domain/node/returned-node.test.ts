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
    ['the same machine has come back, whatever a person said', 'm-1', 'm-1', true, 'cameBack'],
    ['another machine of that name is somebody else’s', 'm-1', 'm-2', false, 'otherMachine'],
    ['a machine that says nothing may be the same', 'm-1', '', false, 'mayHaveComeBack'],
    ['of a removed machine that said nothing, any may be the same', '', 'm-2', false, 'mayHaveComeBack'],
    ['two that say nothing may be the same', '', '', false, 'mayHaveComeBack'],
    ['an unknown one that a person has looked at is another', 'm-1', '', true, 'otherMachine'],
    ['two unknown ones that a person has looked at are two', '', '', true, 'otherMachine'],
  ] as const)('%s', (_name, removed, seen, isReturnSeen, kind) => {
    expect(judge(removed, seen, isReturnSeen).kind).toBe(kind);
  });

  it.each([
    ['m-1', 'm-1', false, /^the same machine registered as node node-1 again \(UID uid-new\).*Stop and disable/],
    ['m-1', 'm-2', false, /^another machine registered as node node-1 \(UID uid-new, machine ID m-2\).*not touched/],
    ['m-1', '', false, /machine ID none, that of the removed one m-1.*Find out first which machine it is/],
    ['', '', true, /a person said to go on/],
  ] as const)('%s, then %s: says what to do', (removed, seen, isReturnSeen, sentence) => {
    expect(judge(removed, seen, isReturnSeen).message).toMatch(sentence);
  });

  it('never asks for a new machine’s kubelet to be stopped', () => {
    expect(judge('m-1', 'm-2').message).not.toMatch(/kubelet|delete/i);
  });
});
