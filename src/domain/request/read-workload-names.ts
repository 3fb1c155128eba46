import type { WorkloadName } from './decommission-request.ts';
import { DNS_LABEL_SCHEMA, DNS_SUBDOMAIN_RULE, DNS_SUBDOMAIN_SCHEMA, isDnsLabel, isDnsSubdomain } from './dns-name.ts';
import { isJsonObject } from '../text/json-text.ts';
import { toQuotedKey, toQuotedValue } from './quoted-value.ts';
import { accept, refuse } from './field.ts';
import type { FieldReader, FieldReading } from './field-reader.ts';
import { describeReader, type KeyReader } from './schema/json-schema.ts';

const MAXIMUM_WORKLOADS = 1000;

const EXAMPLE = '{"namespace": "default", "name": "web"}';

const readWorkloadName: FieldReader<WorkloadName> = (value) => {
  if (!isJsonObject(value)) {
    return refuse(`must be an object like ${EXAMPLE}, but is ${toQuotedValue(value)}`);
  }
  const unknownKey = Object.keys(value).find((key) => key !== 'namespace' && key !== 'name');
  if (unknownKey !== undefined) {
    return refuse(`has the unknown key ${toQuotedKey(unknownKey)}; the only keys are \`namespace\` and \`name\``);
  }
  const { namespace, name } = value;
  if (typeof namespace !== 'string' || !isDnsLabel(namespace)) {
    return refuse(
      `needs a \`namespace\` of lowercase letters, digits and "-", at most 63 characters, but has ${toQuotedValue(namespace)}`,
    );
  }
  return typeof name === 'string' && isDnsSubdomain(name)
    ? accept({ namespace, name })
    : refuse(`needs a \`name\` of ${DNS_SUBDOMAIN_RULE}, but has ${toQuotedValue(name)}`);
};

const readAll = (entries: readonly unknown[]): FieldReading<readonly WorkloadName[]> => {
  const names: WorkloadName[] = [];
  for (const [index, entry] of entries.entries()) {
    const reading = readWorkloadName(entry);
    if (!reading.ok) {
      return refuse(`entry ${index + 1} ${reading.complaint}`);
    }
    names.push(reading.value);
  }
  return accept(names);
};

const SCHEMA = {
  type: 'array',
  maxItems: MAXIMUM_WORKLOADS,
  items: {
    type: 'object',
    required: ['namespace', 'name'],
    additionalProperties: false,
    properties: { namespace: DNS_LABEL_SCHEMA, name: DNS_SUBDOMAIN_SCHEMA },
  },
};

/** Up to 1000 workloads by namespace and name. With an empty list, no workload of that kind gets a budget. */
export const readWorkloadNames: KeyReader<readonly WorkloadName[]> = describeReader(SCHEMA, (value) => {
  if (!Array.isArray(value)) {
    return refuse(`must be a list of objects like ${EXAMPLE}, but is ${toQuotedValue(value)}`);
  }
  return value.length > MAXIMUM_WORKLOADS
    ? refuse(`must list at most ${MAXIMUM_WORKLOADS} workloads, but lists ${value.length}`)
    : readAll(value);
});
