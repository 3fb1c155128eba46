import { describe, expect, it } from '@jest/globals';
import type { HostFacts } from '../../../src/domain/host/facts.ts';
import type { HostStage, StageState } from '../../../src/domain/host/stage.ts';
import { judgeRemovedNode, type HostOfName, type RunOfNode } from '../../../src/domain/janitor/find-removed-node.ts';
import type { Leftover } from '../../../src/domain/janitor/leftover.ts';
import { hostUnit } from '../../builders/host-facts.ts';
import { markedHostFacts, provenHostFacts } from '../../builders/host-target.ts';

const ended: StageState = { kind: 'Ended', isOk: true, items: [] };
const failed: StageState = { kind: 'Ended', isOk: false, items: [] };
const notBegun: StageState = { kind: 'NotStarted' };
const dirty = { credentialPaths: ['/etc/kubernetes/kubelet.conf'] };
const WORKFLOW_ID = 'decommission/default/node/node-1';

const host = (cleanHost: StageState, facts: Partial<HostFacts> = {}): HostOfName => ({
  kind: 'read',
  facts: markedHostFacts(facts),
  kubeletUnits: ['kubelet.service'],
  stages: { stopKubelet: ended, cleanHost } satisfies Record<HostStage, StageState>,
});
const unmarked: HostOfName = { kind: 'read', facts: provenHostFacts(), kubeletUnits: ['kubelet.service'] };
const otherMachine = host(notBegun, { machineID: 'another', ...dirty });
const ofOtherNode = host(notBegun, { marker: { ...markedHostFacts().marker!, nodeName: 'node-9' }, ...dirty });
const notRead: HostOfName = { kind: 'notRead', why: 'no route.' };

const stopped = (overrides: Partial<RunOfNode & { kind: 'stopped' }> = {}): RunOfNode => ({
  kind: 'stopped',
  workflowId: WORKFLOW_ID,
  temporalNamespace: 'fleet',
  taskId: 'task-1',
  point: { what: 'deleting Node node-1', at: '2026-01-02T03:04:05.000Z', laterNodeNames: [] },
  ...overrides,
});
const began = (): RunOfNode => {
  const { point: _, ...run } = stopped() as RunOfNode & { kind: 'stopped' };
  return run;
};
const absent: RunOfNode = { kind: 'absent' };
const unknown: RunOfNode = { kind: 'unknown' };

const judge = (run: RunOfNode, given: HostOfName) => judgeRemovedNode({ nodeName: 'node-1', run, host: given });
const leftoverOf = (run: RunOfNode, given: HostOfName): Leftover => {
  const judgement = judge(run, given);
  if (judgement.kind !== 'unfinished') throw new Error(judgement.kind);
  return judgement.leftover;
};

describe('judgeRemovedNode', () => {
  it.each<[string, RunOfNode, HostOfName, string]>([
    ['a run that works on it', { kind: 'running' }, host(notBegun, dirty), 'finished'],
    ['a run that reported what stays', { kind: 'reported' }, host(notBegun, dirty), 'finished'],
    ['a run that was terminated before it changed anything', began(), unmarked, 'finished'],
    ['the same, and its host cannot be read', began(), notRead, 'finished'],
    ['a run that was terminated after the Node was deleted', stopped(), unmarked, 'unfinished'],
    ['the same, and its host cannot be read', stopped(), notRead, 'unfinished'],
    ['a run that was terminated while a stage ran', began(), host(notBegun, dirty), 'unfinished'],
    ['a run that was terminated before it verified a clean host', stopped(), host(ended), 'unfinished'],
    ['a lost run whose host is half cleaned', absent, host(failed, dirty), 'unfinished'],
    ['a lost run before its cleanup', absent, host(notBegun, dirty), 'unfinished'],
    ['a lost run whose cleanup ended and left something', absent, host(ended, dirty), 'unfinished'],
    ['a lost run whose host is clean', absent, host(ended), 'finished'],
    [
      'a lost run whose host is in service again',
      absent,
      host(ended, { units: [hostUnit('kubelet.service')] }),
      'finished',
    ],
    ['a half cleaned host without Temporal', unknown, host(notBegun, dirty), 'unfinished'],
    ['no run and a host without a record', absent, unmarked, 'unknownNode'],
    ['no run and a host that cannot be read', absent, notRead, 'unknownNode'],
    ['no Temporal and a host without a record', unknown, unmarked, 'unknownNode'],
    ['a record of another node', absent, ofOtherNode, 'unknownNode'],
    ['a record that another machine wrote', absent, otherMachine, 'unknownNode'],
  ])('%s', (_what, run, given, expected) => {
    expect(judge(run, given).kind).toBe(expected);
  });

  it('names what was begun, what is left and the command that completes it', () => {
    expect(leftoverOf(stopped(), host(failed, dirty))).toEqual({
      kind: 'host',
      object: 'Host of node node-1',
      what:
        'its Node is deleted; deleting Node node-1 began at 2026-01-02T03:04:05.000Z; folder /var/lib/node-decommission/operation-1; ' +
        'stopKubelet has ended; cleanHost failed; failed checks: 1 credential file is left: /etc/kubernetes/kubelet.conf',
      taskId: 'task-1',
      workflowId: WORKFLOW_ID,
      task: 'closed',
      stays: expect.stringContaining('The command resets that workflow') as unknown,
      commands: [
        `temporal workflow reset --namespace fleet --workflow-id ${WORKFLOW_ID} --type LastWorkflowTask --reason "terminated by mistake"`,
      ],
      target: { kind: 'Host', nodeName: 'node-1' },
    });
  });

  it.each<[string, RunOfNode, HostOfName, string]>([
    ['a stage that runs', stopped(), host({ kind: 'Running' }, dirty), 'cleanHost still runs'],
    ['a stage that has not begun', stopped(), host(notBegun, dirty), 'cleanHost has not begun'],
    [
      'a stage without a result',
      stopped(),
      host({ kind: 'Lost', message: 'killed' }),
      'cleanHost has no result (killed)',
    ],
    ['a host that is clean', stopped(), host(ended), 'all checks of the host pass'],
    ['a host without a record', stopped(), unmarked, 'no stage has a record on its host'],
    ['a host that was not read', stopped(), notRead, 'its host was not read'],
  ])('describes %s', (_what, run, given, expected) => {
    expect(leftoverOf(run, given).what).toContain(expected);
  });

  it('warns of a reset while the kubelet of the host runs', () => {
    expect(leftoverOf(stopped(), unmarked).caution).toContain('the kubelet of this host runs');
    expect(leftoverOf(stopped(), host(failed))).not.toHaveProperty('caution');
  });

  it.each<[string, RunOfNode, string]>([
    ['is lost', absent, 'not in this Temporal namespace'],
    ['cannot be read', unknown, 'run this command again'],
  ])('has no command without proofs when the run %s', (_what, run, expected) => {
    expect(leftoverOf(run, host(failed, dirty))).toMatchObject({
      task: 'unknown',
      commands: [],
      stays: expect.stringMatching(new RegExp(`${expected}[^]*remove manually`)) as unknown,
    });
  });

  it.each<[string, HostOfName, string]>([
    ['that has no record', unmarked, 'neither a workflow nor the host has a record of its decommission'],
    ['that was not read', notRead, 'no workflow of it was found, and the host was not read: no route'],
  ])('explains a name with a host %s', (_what, given, why) => {
    expect(judge(absent, given)).toEqual({ kind: 'unknownNode', why });
  });
});
