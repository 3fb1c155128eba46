import { DNS_SUBDOMAIN_RULE, isDnsSubdomain } from './dns-name.ts';
import { toQuotedValue } from './quoted-value.ts';
import { accept, refuse, type FieldReader } from './field.ts';

/** More nodes in one task are a mistake, or should be several tasks. */
const MAXIMUM_NODES = 500;

const EXAMPLE = '["node-1", "node-2"]';

const isNodeName = (value: unknown): value is string => typeof value === 'string' && isDnsSubdomain(value);

const toListComplaint = (value: unknown): string => {
  const hint = isNodeName(value) ? `write [${toQuotedValue(value)}]` : `for example ${EXAMPLE}`;
  return `must be a list of node names, but is ${toQuotedValue(value)}; ${hint}`;
};

/** 1 to 500 different names of Nodes (DNS-1123 subdomains), in the caller's order. */
export const readNodeNames: FieldReader<readonly string[]> = (value) => {
  if (!Array.isArray(value)) {
    return refuse(toListComplaint(value));
  }
  const entries: readonly unknown[] = value;
  if (entries.length === 0) {
    return refuse(`must list at least one node, for example ${EXAMPLE}`);
  }
  if (entries.length > MAXIMUM_NODES) {
    return refuse(`must list at most ${MAXIMUM_NODES} nodes, but lists ${entries.length}; start several tasks`);
  }
  const badIndex = entries.findIndex((entry) => !isNodeName(entry));
  if (badIndex !== -1) {
    const bad = toQuotedValue(entries[badIndex]);
    return refuse(
      `must contain only node names, but entry ${badIndex + 1} is ${bad}; a node name consists of ${DNS_SUBDOMAIN_RULE}`,
    );
  }
  const names = entries.filter(isNodeName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined
    ? accept(names)
    : refuse(`must list each node once, but lists ${toQuotedValue(twice)} twice`);
};
