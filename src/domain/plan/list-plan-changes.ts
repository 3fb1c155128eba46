import { toCountText } from '../text/counts.ts';
import type { NodeBasis, PlanBasis } from './plan-basis.ts';

/**
 * What a run would do now that the approved plan did not contain, one phrase each. What has become less is no change: fewer pods, budgets
 * or findings. A host is compared only if both plans include it. Pure.
 */
export const listPlanChanges = (approved: PlanBasis, now: PlanBasis): readonly string[] => {
  if (approved.kubeSystemUid !== now.kubeSystemUid) return ['it is another cluster'];
  return [
    ...now.nodes.flatMap((node) => listNodeChanges(approved, node)),
    ...findNew(approved.budgets, now.budgets).map((budget) => `the run would ${budget}`),
    ...findMore(approved.findings, now.findings).map(({ text, count, before }) => toFindingPhrase(text, count, before)),
  ];
};

const listNodeChanges = (approved: PlanBasis, node: NodeBasis): readonly string[] => {
  const { nodeName } = node;
  const before = approved.nodes.find((each) => each.nodeName === nodeName);
  if (before === undefined) return [`node ${nodeName} is not part of it`];
  if (before.nodeUid !== node.nodeUid) return [`node ${nodeName} is another object of the same name`];
  const pods = findMore(before.leavingPods, node.leavingPods).map(
    ({ text, count, before: planned }) =>
      `${toCountText(count, 'pod')} of ${text} would leave node ${nodeName}, planned ${planned === 0 ? 'were none' : `${planned === 1 ? 'was' : 'were'} ${planned}`}`,
  );
  const touched = before.touched === undefined ? [] : findNew(before.touched, node.touched ?? []);
  return [...pods, ...touched.map((item) => `the cleanup of the host of node ${nodeName} would touch ${item}`)];
};

const findNew = (before: readonly string[], now: readonly string[]): readonly string[] =>
  now.filter((text) => !before.includes(text));

interface More {
  readonly text: string;
  readonly count: number;
  readonly before: number;
}

const findMore = (before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): readonly More[] =>
  Object.entries(now)
    .map(([text, count]) => ({ text, count, before: before[text] ?? 0 }))
    .filter((each) => each.count > each.before);

const toFindingPhrase = (text: string, count: number, before: number): string =>
  before === 0 ? `new finding ${text}` : `finding ${text} occurs ${count} times, not ${before}`;
