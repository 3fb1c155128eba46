import { describe, expect, it } from '@jest/globals';
import { planCordon } from '../../../src/domain/node/cordon-plan.ts';
import { parseEarlierNodeState } from '../../../src/domain/node/earlier-state.ts';
import { EARLIER_STATE_ANNOTATION, SCALE_DOWN_DISABLED_ANNOTATION } from '../../../src/domain/cluster/annotations.ts';
import {
  toBudgetCommands,
  toJanitorCommand,
  toNodeCommands,
  toUnlockCommand,
  type EarlierMarks,
} from '../../../src/domain/node/repair-commands.ts';
import { node } from '../../builders/node.ts';

/** The earlier state that cordoning such a node records. */
const marksOf = (before: Partial<ReturnType<typeof node>>): EarlierMarks => {
  const task = { taskId: '42', requestedBy: 'ann', reason: 'old disks' };
  const change = planCordon(node(before), task);
  const text = change === 'nothing' ? undefined : change.annotations?.[EARLIER_STATE_ANNOTATION];
  return parseEarlierNodeState(text ?? undefined)!;
};

describe('toNodeCommands', () => {
  it('removes everything that the task wrote from a plain node', () => {
    expect(toNodeCommands('node-1', '42', marksOf({}))).toEqual([
      'kubectl uncordon node-1',
      'kubectl annotate node node-1 --overwrite node-decommission.io/task- NodeDrainTask42- ' +
        'cluster-autoscaler.kubernetes.io/scale-down-disabled- node-decommission.io/requested-by- ' +
        'node-decommission.io/reason- node-decommission.io/earlier-state-',
    ]);
  });

  it('leaves an earlier cordon', () => {
    expect(toNodeCommands('node-1', '42', marksOf({ unschedulable: true })).join('\n')).not.toContain('uncordon');
  });

  it.each([
    ['false', "cluster-autoscaler.kubernetes.io/scale-down-disabled='false'"],
    ['', "cluster-autoscaler.kubernetes.io/scale-down-disabled=''"],
    ["it's ours", `cluster-autoscaler.kubernetes.io/scale-down-disabled='it'\\''s ours'`],
  ])('restores the earlier value %j, quoted for a shell', (value, word) => {
    const marks = marksOf({ annotations: { [SCALE_DOWN_DISABLED_ANNOTATION]: value } });
    expect(toNodeCommands('node-1', '42', marks)[1]).toContain(` ${word} `);
  });

  it('without a known record: reads it first and removes it last', () => {
    const commands = toNodeCommands('node-1', '42', undefined);
    expect(commands).toEqual([
      expect.stringMatching(/^kubectl get node node-1 -o jsonpath='.*earlier-state.*#/),
      expect.stringMatching(/^kubectl uncordon node-1 {3}# only if .*"unschedulable":false/),
      expect.stringMatching(/^kubectl annotate node node-1 --overwrite \S*scale-down-disabled- {3}# .*null.*value/),
      'kubectl annotate node node-1 node-decommission.io/task- NodeDrainTask42- node-decommission.io/requested-by- ' +
        'node-decommission.io/reason- node-decommission.io/earlier-state-',
    ]);
  });
});

describe('toBudgetCommands', () => {
  const list =
    'kubectl get pdb --all-namespaces -l app.kubernetes.io/managed-by=node-decommission ' +
    `-o jsonpath='{range .items[?(@.metadata.annotations.NodeDrainTaskweb\\.7)]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}'`;
  const strip = expect.stringMatching(
    /^kubectl annotate pdb --all --all-namespaces NodeDrainTaskweb\.7- {3}# run this last/,
  );

  it.each([
    ['without known budgets', [], []],
    ['with one known budget', [{ namespace: 'shop', name: 'web-pdb' }], ['kubectl delete pdb -n shop web-pdb']],
  ] as const)(
    'a task %s lists its budgets before it removes the annotation that finds them',
    (_name, created, known) => {
      const commands = toBudgetCommands('web.7', created);
      expect(commands[0]).toContain(list);
      expect(commands.slice(1, -2)).toEqual(known.map((command) => expect.stringContaining(command)));
      expect(commands.at(-2)).toMatch(/^kubectl delete pdb -n <namespace> <name> {3}# /);
      expect(commands.at(-1)).toEqual(strip);
    },
  );
});

describe('toUnlockCommand', () => {
  it.each([
    ['task 42 is over', "'task 42 is over'"],
    ["it's gone", `'it'\\''s gone'`],
  ])('contains the cluster and the reason %s', (reason, quoted) => {
    expect(toUnlockCommand('node-1', 'edge', reason)).toBe(
      `node-decommission unlock node-1 --cluster edge --reason ${quoted}`,
    );
  });
});

describe('toJanitorCommand', () => {
  it.each([
    ['a task', 'decommission/east/task/t-1', 'node-decommission janitor --task t-1 --cluster east'],
    ['a node', 'decommission/east/node/node-1', 'node-decommission janitor node-1 --cluster east'],
    ['a task whose id a shell would change', 'decommission/east/task/a;b', 'node-decommission janitor'],
    ['a custom workflow id', 'my-drain', 'node-decommission janitor'],
  ])('names %s', (_what, workflowId, command) => {
    expect(toJanitorCommand(workflowId)).toBe(command);
  });
});
