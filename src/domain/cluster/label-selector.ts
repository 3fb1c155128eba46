import type { LabelSelector, LabelSelectorRequirement } from './facts.ts';

type Labels = Readonly<Record<string, string>>;

const KEY = String.raw`[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?`;
const VALUE = String.raw`[-A-Za-z0-9_.]*`;

const SET = new RegExp(String.raw`^(?<key>${KEY})\s+(?<operator>in|notin)\s*\((?<values>[^()]*)\)$`);
const EQUALITY = new RegExp(String.raw`^(?<key>${KEY})\s*(?<operator>==|=|!=)\s*(?<value>${VALUE})$`);
const EXISTENCE = new RegExp(String.raw`^(?<not>!\s*)?(?<key>${KEY})$`);

const REQUIREMENT = String.raw`\s*(?:${KEY}\s+(?:in|notin)\s*\([^()]*\)|${KEY}\s*(?:==|=|!=)\s*${VALUE}|(?:!\s*)?${KEY})\s*`;

/** The texts that `parseSelectorText` reads, for a JSON Schema. */
export const SELECTOR_PATTERN = `^${REQUIREMENT}(?:,${REQUIREMENT})*$`;

/** An absent selector matches nothing, an empty one everything (apimachinery `LabelSelectorAsSelector`). */
export const matchesLabelSelector = (labels: Labels, selector: LabelSelector | undefined): boolean =>
  selector !== undefined &&
  matchesLabels(labels, selector.matchLabels) &&
  selector.matchExpressions.every((requirement) => matchesRequirement(labels[requirement.key], requirement));

/** Called for every pod of a large namespace: without a list of the entries it takes a tenth of the time. */
const matchesLabels = (labels: Labels, matchLabels: Labels): boolean => {
  for (const key in matchLabels) if (labels[key] !== matchLabels[key]) return false;
  return true;
};

/** As `kubectl` writes it, e.g. `app=web,tier in (a,b),!canary`; empty for a selector that matches everything. */
export const toSelectorText = (selector: LabelSelector): string =>
  [
    ...Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`),
    ...selector.matchExpressions.map(toRequirementText),
  ].join(',');

const toRequirementText = ({ key, operator, values }: LabelSelectorRequirement): string => {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
};

/** True for a selector without requirements. */
export const isEmptySelector = (selector: LabelSelector): boolean => toRequirements(selector).length === 0;

/** True when both state the same requirements; the order, repetitions and the spelling of `a=b` as `a in (b)` do not matter. */
export const isSameSelector = (a: LabelSelector | undefined, b: LabelSelector | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  return toCanonicalText(a) === toCanonicalText(b);
};

/**
 * Reads the text form of a selector, such as the scale subresource's `status.selector`: `a=b, c in (d,e), !f`.
 * Undefined for an empty or unsupported text: a guess could select the wrong pods.
 */
export const parseSelectorText = (text: string): LabelSelector | undefined => {
  if (text.trim() === '') return undefined;
  const requirements: LabelSelectorRequirement[] = [];
  // Commas inside parentheses belong to a list of values.
  for (const part of text.split(/,(?![^(]*\))/)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return toSelector(requirements);
};

const toRequirements = (selector: LabelSelector): readonly LabelSelectorRequirement[] => [
  ...Object.entries(selector.matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] })),
  ...selector.matchExpressions,
];

/** `value`: of the label, `undefined` when it is absent. NotIn also matches an absent label, as in Kubernetes. */
export const matchesRequirement = (
  value: string | undefined,
  { operator, values }: Omit<LabelSelectorRequirement, 'key'>,
): boolean => {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
};

const toCanonicalText = (selector: LabelSelector): string => {
  const parts = toRequirements(selector).map(({ key, operator, values }) =>
    JSON.stringify([key, operator, [...new Set(values)].sort()]),
  );
  return [...new Set(parts)].sort().join();
};

const parseRequirement = (text: string): LabelSelectorRequirement | undefined =>
  parseSet(text) ?? parseEquality(text) ?? parseExistence(text);

const parseSet = (text: string): LabelSelectorRequirement | undefined => {
  const { key, operator, values } = SET.exec(text)?.groups ?? {};
  if (key === undefined || values === undefined) return undefined;
  return { key, operator: operator === 'in' ? 'In' : 'NotIn', values: values.split(',').map((value) => value.trim()) };
};

const parseEquality = (text: string): LabelSelectorRequirement | undefined => {
  const { key, operator, value } = EQUALITY.exec(text)?.groups ?? {};
  if (key === undefined || value === undefined) return undefined;
  return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
};

const parseExistence = (text: string): LabelSelectorRequirement | undefined => {
  const { key, not } = EXISTENCE.exec(text)?.groups ?? {};
  if (key === undefined) return undefined;
  return { key, operator: not === undefined ? 'Exists' : 'DoesNotExist', values: [] };
};

/** `a=b` becomes an entry of matchLabels, as users expect; a second requirement on the same key stays an expression. */
const toSelector = (requirements: readonly LabelSelectorRequirement[]): LabelSelector => {
  const matchLabels: Record<string, string> = {};
  const matchExpressions: LabelSelectorRequirement[] = [];
  for (const requirement of requirements) {
    const [value] = requirement.values;
    const isPlain = requirement.operator === 'In' && requirement.values.length === 1 && value !== undefined;
    if (isPlain && !(requirement.key in matchLabels)) matchLabels[requirement.key] = value;
    else matchExpressions.push(requirement);
  }
  return { matchLabels, matchExpressions };
};
