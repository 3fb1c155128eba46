import { describe, expect, it } from '@jest/globals';
import { readRemovedNode } from '../../../src/activities/janitor/read-removed-node.ts';
import { toNodeWorkflowId } from '../../../src/domain/run/workflow-ids.ts';
import { HostFailure } from '../../../src/ports/host-failure.ts';
import type { NodeWorkflow } from '../../../src/ports/workflow-directory.ts';
import { markedHostFacts } from '../../builders/host-target.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { FakeWorkflowDirectory } from '../../fakes/fake-workflow-directory.ts';

const WORKFLOW_ID = toNodeWorkflowId('default', 'node-1');
const terminated: NodeWorkflow = { kind: 'closed', runId: 'run-1', task: { taskId: 'task-1', fingerprint: 'f' } };

/** The run was terminated while its host was cleaned; the stage has failed since. */
const prepare = (workflow: NodeWorkflow = terminated) => {
  const hosts = new FakeHosts();
  hosts.facts = markedHostFacts({ credentialPaths: ['/etc/kubernetes/kubelet.conf'] });
  hosts.states = [
    { kind: 'Ended', isOk: true, items: [] },
    { kind: 'Ended', isOk: false, items: [] },
  ];
  const runs = new FakeWorkflowDirectory();
  runs.nodeWorkflows.set(WORKFLOW_ID, [workflow]);
  runs.passedPoints.set(WORKFLOW_ID, { what: 'deleting Node node-1', at: '2026-01-02T03:04:05Z', laterNodeNames: [] });
  const sources = { clusterName: 'default', runs, hosts };
  return { hosts, runs, sources, read: () => readRemovedNode(sources, 'node-1') };
};

describe('readRemovedNode', () => {
  it('reads the workflow, and the records of its stages on the host, which it leaves unchanged', async () => {
    const { hosts, read } = prepare();
    expect(await read()).toMatchObject({
      judgement: {
        kind: 'unfinished',
        leftover: {
          what: expect.stringContaining('stopKubelet has ended; cleanHost failed') as unknown,
          taskId: 'task-1',
          workflowId: WORKFLOW_ID,
          commands: [expect.stringContaining(`--namespace default --workflow-id ${WORKFLOW_ID}`) as unknown],
        },
      },
      notChecked: [],
    });
    expect(hosts.connections).toEqual([{ nodeName: 'node-1', addresses: [] }]);
    expect({ started: hosts.started, withdrawn: hosts.withdrawn, ability: hosts.abilityCount }).toEqual({
      started: [],
      withdrawn: [],
      ability: 0,
    });
    expect(hosts.closedCount).toBe(1);
  });

  it.each<[string, NodeWorkflow, string]>([
    ['works on the node', { kind: 'open', runId: 'run-1' }, 'finished'],
    ['is gone', { kind: 'absent' }, 'unfinished'],
  ])('judges a workflow that %s', async (_what, workflow, kind) => {
    expect((await prepare(workflow).read()).judgement.kind).toBe(kind);
  });

  it('names a host that cannot be read, and finds the workflow', async () => {
    const { hosts, read } = prepare();
    hosts.failures.connect = new HostFailure('Unknown', 'no response');
    const { judgement, notChecked } = await read();
    expect([judgement.kind, notChecked]).toEqual(['unfinished', ['the host of node node-1 (no response)']]);
  });

  it('names a Temporal that does not answer, and finds the host', async () => {
    const { runs, read } = prepare();
    runs.readNodeWorkflow = () => Promise.reject(new Error('deadline exceeded'));
    const { judgement, notChecked } = await read();
    expect(judgement).toMatchObject({ kind: 'unfinished', leftover: { task: 'unknown', commands: [] } });
    expect(notChecked).toEqual(['the workflow of node node-1 (deadline exceeded)']);
  });

  it('connects to no host without settings, or when hosts are left out', async () => {
    const { hosts, sources, read } = prepare({ kind: 'absent' });
    hosts.kubeletUnits = undefined;
    expect((await read()).judgement).toMatchObject({
      why: expect.stringContaining('no connection settings') as unknown,
    });
    const leftOut = await readRemovedNode({ ...sources, hosts: undefined }, 'node-1');
    expect(leftOut.judgement).toMatchObject({ why: expect.stringContaining('hosts are left out') as unknown });
    expect(hosts.connections).toEqual([]);
  });
});
