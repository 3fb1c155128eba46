import type { V1LabelSelector } from '@kubernetes/client-node';
import type { LabelSelector, LabelSelectorRequirement } from '../../domain/cluster/facts.ts';
import type { Wire } from '../transport/wire.ts';

/** The selector of a spec; absent stays absent (it matches nothing), empty stays empty (it matches everything). */
export const toLabelSelector = (selector: Wire<V1LabelSelector> | undefined): LabelSelector | undefined =>
  selector === undefined
    ? undefined
    : {
        matchLabels: selector.matchLabels ?? {},
        matchExpressions: (selector.matchExpressions ?? []).map((expression) => ({
          key: expression.key,
          operator: expression.operator as LabelSelectorRequirement['operator'],
          values: expression.values ?? [],
        })),
      };

/**
 * The selector that a scale subresource returns as text, e.g. `app=web,tier in (a,b),!canary` (apimachinery `labels.Parse`).
 * `undefined` for empty text, which means that no selector is reported, and for text outside that grammar.
 */
export const parseLabelSelector = (text: string): LabelSelector | undefined => {
  const parts = splitRequirements(text);
  const requirements = parts.map(parseRequirement);
  if (parts.length === 0 || requirements.includes(undefined)) {
    return undefined;
  }
  const known = requirements.filter((requirement) => requirement !== undefined);
  const plain = known.filter((requirement) => requirement.operator === '=');
  return {
    matchLabels: Object.fromEntries(plain.map(({ key, values }) => [key, values[0] ?? ''])),
    matchExpressions: known.flatMap(({ key, operator, values }) =>
      operator === '=' ? [] : [{ key, operator, values }],
    ),
  };
};

interface ParsedRequirement {
  readonly key: string;
  readonly operator: '=' | LabelSelectorRequirement['operator'];
  readonly values: readonly string[];
}

/** At commas outside parentheses. */
const splitRequirements = (text: string): readonly string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const KEY = String.raw`([A-Za-z0-9][A-Za-z0-9._/-]*)`;
const EQUALITY = new RegExp(String.raw`^${KEY}\s*(==?|!=)\s*([A-Za-z0-9._-]*)$`);
const SET = new RegExp(String.raw`^${KEY}\s+(in|notin)\s*\(([^()]*)\)$`);
const EXISTENCE = new RegExp(String.raw`^(!?)\s*${KEY}$`);

const parseRequirement = (text: string): ParsedRequirement | undefined =>
  parseEquality(text) ?? parseSet(text) ?? parseExistence(text);

const parseEquality = (text: string): ParsedRequirement | undefined => {
  const [, key, sign, value = ''] = EQUALITY.exec(text) ?? [];
  return key === undefined ? undefined : { key, operator: sign === '!=' ? 'NotIn' : '=', values: [value] };
};

const parseSet = (text: string): ParsedRequirement | undefined => {
  const [, key, word, list = ''] = SET.exec(text) ?? [];
  const values = list.split(',').map((entry) => entry.trim());
  return key === undefined ? undefined : { key, operator: word === 'in' ? 'In' : 'NotIn', values };
};

const parseExistence = (text: string): ParsedRequirement | undefined => {
  const [, negation, key] = EXISTENCE.exec(text) ?? [];
  return key === undefined ? undefined : { key, operator: negation === '!' ? 'DoesNotExist' : 'Exists', values: [] };
};
