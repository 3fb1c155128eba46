import { describe, expect, it } from '@jest/globals';
import { formatReport } from '../../../src/cli/format/format-report.ts';
import { previewItem } from '../../builders/preview-item.ts';
import { decommissionReport, hostReport, nodeReport, podReport } from '../../builders/decommission-report.ts';

describe('formatReport', () => {
  it('shows a finished decommission', () => {
    const report = decommissionReport({
      requestedBy: 'ann',
      reason: 'repair',
      nodes: [
        nodeReport({
          steps: [
            {
              name: 'evict',
              status: 'Succeeded',
              startedAt: '2026-01-01T12:00:00Z',
              endedAt: '2026-01-01T12:00:17Z',
              message: '2 pods are gone',
            },
            { name: 'cleanHost', status: 'Skipped', message: 'hostCleanup: skip' },
          ],
          pods: [podReport(), podReport({ name: 'web-2', outcome: 'Gone' })],
          steering: [
            { action: 'forcePod', at: '2026-01-02T03:04:05.000Z', by: 'ann', reason: 'it hangs', pod: 'default/web-1' },
            {
              action: 'skipReplacements',
              at: '2026-01-02T03:04:09.000Z',
              by: 'ann',
              reason: 'its image is gone',
              workloads: ['Deployment default/web', 'Deployment default/api'],
            },
          ],
          notes: ['the node may rejoin'],
        }),
      ],
      undo: [
        { action: 'delete budget default/web-pdb', status: 'Undone', message: '' },
        { action: 'release budget default/db-pdb', status: 'Kept', message: 'changed by another client' },
        { action: 'release budget default/cache-pdb', status: 'NothingToDo', message: '' },
      ],
    });
    expect(formatReport(report)).toBe(
      `
Decommissioned: node node-1: drained and deleted.
task task-1 on cluster default, 1m 30s (2026-01-01T12:00:00Z to 2026-01-01T12:01:30Z)
requested by ann: repair

Node node-1: Decommissioned
  STEP        STATUS      TOOK   MESSAGE
  evict       Succeeded   17s    2 pods are gone
  cleanHost   Skipped     -      hostCleanup: skip
  pods: 1 Evicted, 1 Gone
  forcePod default/web-1 by ann at 2026-01-02T03:04:05.000Z: it hangs
  skipReplacements Deployment default/web, Deployment default/api by ann at 2026-01-02T03:04:09.000Z: its image is gone
  note: the node may rejoin

CLEANUP                            RESULT          MESSAGE
delete budget default/web-pdb      done
release budget default/db-pdb      kept            changed by another client
release budget default/cache-pdb   nothing to do
`.trim(),
    );
  });

  it('shows what stays on a cleaned host, by kind, and what to do about it', () => {
    const kept = [
      previewItem('link', 'cni0', 'of the network plugin bridge'),
      previewItem('link', 'flannel.1', 'of flannel'),
      previewItem('firewall', 'KUBE chains (iptables, nft)', '48, with 31 rules'),
      previewItem('cniConfiguration', '/etc/cni/net.d/10-flannel.conflist', "configures pods' network"),
      previewItem('image', '/var/lib/containerd', '24 images, 3.1 GB'),
    ];
    const touched = [previewItem('unit', 'kubelet.service'), previewItem('unit', 'kube-proxy.service')];
    const report = decommissionReport({ nodes: [nodeReport({ steps: [], host: hostReport({ touched, kept }) })] });
    expect(formatReport(report).split('\n\n')[1]?.split('\n').slice(2)).toEqual([
      '  host cleanup was limited to:',
      '    units (2): kubelet.service, kube-proxy.service',
      '  still on the host:',
      '    network links (2): cni0, flannel.1',
      '    firewall rules (1):',
      '      KUBE chains (iptables, nft): 48, with 31 rules',
      '    CNI configuration (1): /etc/cni/net.d/10-flannel.conflist',
      '    images (1):',
      '      /var/lib/containerd: 24 images, 3.1 GB',
      '    A restart of the machine removes: network links, firewall rules, unless the host itself restores them.',
      '    Before the machine joins another cluster, delete manually: CNI configuration. Otherwise, its pods may get the network of this cluster.',
    ]);
  });

  it('shows what other components keep, who deletes it, and what could not be read', () => {
    const remaining = {
      objects: [
        { kind: 'CiliumNode', name: 'node-1', advice: 'run `kubectl delete ciliumnodes.cilium.io node-1`' },
        { kind: 'Lease', name: 'node-1', namespace: 'kube-node-lease', advice: 'it is being deleted' },
      ],
      unread: [{ kind: 'CSINode', reason: 'the permission is missing' }],
    };
    const report = decommissionReport({ nodes: [nodeReport({ steps: [], remaining })] });
    expect(formatReport(report).split('\n\n')[1]?.split('\n').slice(2)).toEqual([
      '  still in the cluster, kept by other components:',
      '    CiliumNode node-1: run `kubectl delete ciliumnodes.cilium.io node-1`',
      '    Lease kube-node-lease/node-1: it is being deleted',
      '  unknown: whether other components keep objects of these kinds:',
      '    CSINode: the permission is missing',
    ]);
  });

  it('shows nothing of other components when nothing remains', () => {
    const [with_, without] = [{ remaining: { objects: [], unread: [] } }, {}].map((part) =>
      formatReport(decommissionReport({ nodes: [nodeReport({ steps: [], ...part })] })),
    );
    expect(with_).toBe(without);
  });

  it("shows only numbers when the node's own report cannot be read", () => {
    const host = { ...hostReport(), cleaned: [], keptCounts: { link: 2 } };
    const report = decommissionReport({ nodes: [nodeReport({ steps: [], host })] });
    expect(formatReport(report)).toContain('\n    network links (2)\n');
  });

  it('does not repeat the message of an invalid request', () => {
    const message = 'The request is invalid, and nothing was changed: the request is missing';
    const failure = { type: 'InvalidInput', message };
    const report = decommissionReport({
      taskId: '',
      cluster: '',
      outcome: 'InvalidInput',
      message,
      failure,
      nodes: [],
    });
    expect(formatReport(report).split('\n')).toEqual([
      `InvalidInput: ${message}`,
      expect.stringMatching(/^no task, 1m 30s/),
    ]);
  });

  it('shows the type of a failure whose message is in the first line', () => {
    const failure = { type: 'DrainTimeout', message: 'the node still held 1 pod at the deadline.' };
    const message = `${failure.message} All changes were undone.`;
    const report = decommissionReport({ outcome: 'RolledBack', message, failure, nodes: [] });
    expect(formatReport(report).split('\n').at(-1)).toBe('failure DrainTimeout');
  });

  it('shows where a cancelled node was stopped', () => {
    const report = decommissionReport({
      outcome: 'Cancelled',
      message: 'The run was cancelled.',
      nodes: [nodeReport({ outcome: 'Cancelled', failedStep: 'evict', steps: [] })],
    });
    expect(formatReport(report)).toContain('Node node-1: Cancelled, stopped at evict');
  });

  it('wraps sentences and tables to a terminal, but no command', () => {
    const command = `kubectl annotate node node-1 ${'x'.repeat(20)} y- z-`;
    const report = decommissionReport({
      outcome: 'RollbackIncomplete',
      message: 'The node was not drained, and it could not be given back.',
      nodes: [],
      undo: [
        { action: 'uncordon node-1', status: 'Failed', message: 'the API server rejected it', commands: [command] },
      ],
    });
    const lines = formatReport(report, undefined, 50).split('\n');
    expect(lines[0]).toBe('RollbackIncomplete: The node was not drained, and');
    expect(lines.filter((line) => line.length > 50)).toEqual([`  ${command}`]);
  });

  it('shows what could not be undone, and the commands for it', () => {
    const report = decommissionReport({
      outcome: 'RollbackIncomplete',
      message: 'the drain timed out.',
      failure: { type: 'DrainTimeout', message: 'not empty after 3600 s' },
      nodes: [
        nodeReport({
          outcome: 'RollbackIncomplete',
          failedStep: 'evict',
          failure: { type: 'DrainTimeout', message: 'not empty after 3600 s' },
          steps: [{ name: 'evict', status: 'Failed', message: 'not empty' }],
          pods: [podReport({ outcome: 'NotEvicted', message: 'blocked by default/web-pdb' })],
          undo: [
            {
              action: 'uncordon node-1',
              status: 'Failed',
              message: 'no answer',
              commands: ['kubectl uncordon node-1'],
            },
          ],
        }),
      ],
      undo: [{ action: 'delete budget default/web-pdb', status: 'Undone', message: '' }],
    });
    expect(formatReport(report)).toBe(
      `
RollbackIncomplete: the drain timed out.
task task-1 on cluster default, 1m 30s (2026-01-01T12:00:00Z to 2026-01-01T12:01:30Z)
failure DrainTimeout: not empty after 3600 s

Node node-1: RollbackIncomplete, failed at evict
  DrainTimeout: not empty after 3600 s
  STEP    STATUS   TOOK   MESSAGE
  evict   Failed   -      not empty
  pods: 1 NotEvicted
    default/web-1 NotEvicted: blocked by default/web-pdb
  UNDO              RESULT   MESSAGE
  uncordon node-1   FAILED   no answer

TASK UNDO                       RESULT   MESSAGE
delete budget default/web-pdb   done

To undo the rest manually, run:
  kubectl uncordon node-1
`.trim(),
    );
  });

  it('lists the commands for machines that still run, whole lines on a narrow terminal, too', () => {
    const running = { state: 'StillRuns', providerID: 'hcloud://42', command: 'hcloud server delete 42' } as const;
    const report = decommissionReport({
      nodes: [
        nodeReport({ steps: [], machine: running }),
        nodeReport({ steps: [], nodeName: 'node-2', machine: { ...running, state: 'Ended' } }),
        nodeReport({ steps: [], nodeName: 'node-3', machine: { state: 'StillRuns' } }),
      ],
    });
    const lines = formatReport(report, undefined, 20).split('\n');
    expect(lines.slice(-2)).toEqual(['To end the machines that still run, run:', '  hcloud server delete 42']);
  });
});
