import type { NodeTarget } from '../node/node-target.ts';
import type { DecommissionPlan, Finding } from '../plan/decommission-plan.ts';
import { toShortList } from '../text/counts.ts';
import { withoutFullStop } from '../text/join-sentences.ts';

/** Per node: it is part of the history of its task. */
const MAX_LISTED = 10;
const MAX_SENTENCES = 3;
const MAX_NAMES = 5;

export type RepeatedFinding = Pick<Finding, 'code' | 'subject' | 'message'>;

/** What preflight finds about a node directly before it starts. */
export interface RepeatedPreflight {
  readonly nodeName: string;
  /** Sentences; empty: the node may start. */
  readonly refusals: readonly string[];
  /** A refusal concerns all checked nodes together, e.g. because there is too little room for all their pods. */
  readonly isRefusedTogether?: true;
  readonly warnings: readonly RepeatedFinding[];
  /** Nodes that are being drained, whose pods need places too, for messages; absent: none. */
  readonly besides?: string;
}

/**
 * What a new plan of these nodes means for each of them. A node that was recreated since it was planned is refused. Pure.
 * @param plan of exactly these nodes
 * @param drainingNodeNames nodes whose pods the plan has placed as well
 */
export const toRepeatedPreflights = (
  plan: Pick<DecommissionPlan, 'nodes' | 'findings'>,
  targets: readonly Pick<NodeTarget, 'nodeName' | 'nodeUid'>[],
  drainingNodeNames: readonly string[] = [],
): readonly RepeatedPreflight[] =>
  targets.map(({ nodeName, nodeUid }) => {
    const found = plan.findings.filter((finding) => finding.nodeName === undefined || finding.nodeName === nodeName);
    const refusals = found.filter(({ severity }) => severity === 'refusal');
    const sentences = [
      ...toRecreation(nodeName, nodeUid, plan.nodes.find((node) => node.nodeName === nodeName)?.nodeUid),
      ...refusals.map(({ message }) => message),
    ];
    const warnings = found.filter(({ severity }) => severity === 'warning');
    return {
      nodeName,
      refusals: sentences.slice(0, MAX_LISTED),
      ...(refusals.some((finding) => finding.nodeName === undefined) ? { isRefusedTogether: true } : {}),
      warnings: warnings.slice(0, MAX_LISTED).map(({ code, subject, message }) => ({ code, subject, message })),
      ...(drainingNodeNames.length === 0 ? {} : { besides: toShortList(drainingNodeNames, MAX_NAMES) }),
    };
  });

const toRecreation = (nodeName: string, plannedUid: string, uid: string | undefined): readonly string[] =>
  uid === undefined || uid === plannedUid
    ? []
    : [
        `node ${nodeName} has UID ${uid}, but the plan was made for UID ${plannedUid}: the Node was recreated and is left untouched. To remove it, start a new request.`,
      ];

/** E.g. for the report of a node that is not started. Pure. */
export const describeRefusal = ({ refusals, besides }: Pick<RepeatedPreflight, 'refusals' | 'besides'>): string => {
  const together = besides === undefined ? '' : `, with places kept for the pods that still leave ${besides}`;
  return `preflight was repeated before the node started${together}, and refuses: ${toSentences(refusals)}.`;
};

/**
 * For the step of a node that starts, without a full stop: what was not found before.
 * @param at RFC 3339
 * @param planned the findings of the task's plan
 */
export const describeRepetition = (
  at: string,
  warnings: readonly RepeatedFinding[],
  planned: readonly RepeatedFinding[],
): string => {
  const known = new Set(planned.map(toKey));
  const added = warnings.filter((warning) => !known.has(toKey(warning)));
  const repeated = `repeated at ${at}`;
  return added.length === 0
    ? `${repeated}: no new problems found`
    : `${repeated}, with new warnings: ${toSentences(added.map(({ message }) => message))}`;
};

const toKey = ({ code, subject }: RepeatedFinding): string => `${code} ${subject}`;

const toSentences = (sentences: readonly string[]): string =>
  toShortList(sentences.map(withoutFullStop), MAX_SENTENCES, '; ');
