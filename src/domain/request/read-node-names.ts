import { DNS_SUBDOMAIN_RULE, DNS_SUBDOMAIN_SCHEMA, isDnsSubdomain } from './dns-name.ts';
import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse } from './field.ts';
import { describeReader, type KeyReader } from './schema/json-schema.ts';

const EXAMPLE = '["node-1", "node-2"]';

const isNodeName = (value: unknown): value is string => typeof value === 'string' && isDnsSubdomain(value);

const toListComplaint = (value: unknown): string => {
  const hint = isNodeName(value) ? `write [${toQuotedValue(value)}]` : `for example ${EXAMPLE}`;
  return `must be a list of node names, but is ${toQuotedValue(value)}; ${hint}`;
};

const findTwice = (names: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
};

const SCHEMA = { type: 'array', minItems: 1, uniqueItems: true, items: DNS_SUBDOMAIN_SCHEMA };

/** Different names of Nodes (DNS-1123 subdomains), at least one, in the caller's order. The size of the request bounds their number. */
export const readNodeNames: KeyReader<readonly string[]> = describeReader(SCHEMA, (value) => {
  if (!Array.isArray(value)) {
    return refuse(toListComplaint(value));
  }
  const entries: readonly unknown[] = value;
  if (entries.length === 0) {
    return refuse(`must list at least one node, for example ${EXAMPLE}`);
  }
  const badIndex = entries.findIndex((entry) => !isNodeName(entry));
  if (badIndex !== -1) {
    const bad = toQuotedValue(entries[badIndex]);
    return refuse(
      `must contain only node names, but entry ${badIndex + 1} is ${bad}; a node name consists of ${DNS_SUBDOMAIN_RULE}`,
    );
  }
  const names = entries.filter(isNodeName);
  const twice = findTwice(names);
  return twice === undefined
    ? accept(names)
    : refuse(`must list each node once, but lists ${toQuotedValue(twice)} twice`);
});
