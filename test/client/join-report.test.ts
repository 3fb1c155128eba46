import { describe, expect, it } from '@jest/globals';
import { joinReport } from '../../src/client/join-report.ts';
import { withoutLists } from '../../src/domain/run/report.ts';
import { decommissionReport, hostReport, nodeReport, podReport } from '../builders/decommission-report.ts';
import { steps } from '../builders/step-report.ts';

describe('joinReport', () => {
  it('takes pods, undo and notes from the node, and keeps those of the task', () => {
    const undo = [{ action: 'uncordon node-1', status: 'Undone' as const, message: '' }];
    const task = decommissionReport({ nodes: [nodeReport({ notes: ['a'] }), nodeReport({ nodeName: 'node-2' })] });
    const own = nodeReport({ pods: [podReport()], undo, notes: ['a', 'b'], steps: steps({ evict: 'Succeeded' }) });
    const joined = joinReport(task, new Map([['node-1', own]]));
    expect(joined.nodes[0]).toEqual(
      nodeReport({ pods: [podReport()], undo, notes: ['a', 'b'], steps: steps({ evict: 'Succeeded' }) }),
    );
    expect(joined.nodes[1]).toEqual(nodeReport({ nodeName: 'node-2' }));
  });

  it('takes what stays on the host, and what was requested, from the node, of which the task has only the numbers', () => {
    const host = hostReport({ kept: [{ kind: 'link', name: 'cni0', detail: '' }] });
    const task = decommissionReport({ nodes: [nodeReport({ host: { ...host, touched: [], cleaned: [], kept: [] } })] });
    const steering = [{ action: 'approve', at: '2026-01-02T03:04:05.000Z', by: 'ann', reason: 'checked' }] as const;
    const joined = joinReport(task, new Map([['node-1', nodeReport({ host, steering })]]));
    expect(joined.nodes[0]).toMatchObject({ host, steering });
  });

  it('takes the machine from the node, of which the task has only the state', () => {
    const machine = { providerID: 'hcloud://42', state: 'StillRuns', command: 'hcloud server delete 42' } as const;
    const task = decommissionReport({ nodes: [nodeReport({ machine: { state: 'StillRuns' } })] });
    const joined = joinReport(task, new Map([['node-1', nodeReport({ machine })]]));
    expect(joined.nodes[0]).toMatchObject({ machine });
  });

  it('takes from the node what other components keep, which the task does not have', () => {
    const remaining = { objects: [{ kind: 'CiliumNode', name: 'node-1', advice: 'delete it' }], unread: [] };
    const own = nodeReport({ remaining });
    const task = decommissionReport({ nodes: [withoutLists(own)] });
    expect(task.nodes[0]).not.toHaveProperty('remaining');
    expect(joinReport(task, new Map([['node-1', own]])).nodes[0]).toMatchObject({ remaining });
  });

  it("keeps the pods of the task's report", () => {
    const task = decommissionReport({ nodes: [nodeReport({ pods: [podReport({ name: 'kept' })] })] });
    const joined = joinReport(task, new Map([['node-1', nodeReport({ pods: [podReport()] })]]));
    expect(joined.nodes[0]?.pods).toEqual([podReport({ name: 'kept' })]);
  });
});
