const MAXIMUM_LABEL_LENGTH = 63;
const MAXIMUM_SUBDOMAIN_LENGTH = 253;

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** True for a DNS-1123 label, the format of a namespace's name: `IsDNS1123Label` of apimachinery. */
export const isDnsLabel = (text: string): boolean => text.length <= MAXIMUM_LABEL_LENGTH && LABEL.test(text);

/**
 * True for a DNS-1123 subdomain, the format of a Node's name: `IsDNS1123Subdomain` of apimachinery. As there, the whole name is limited
 * to 253 characters and the length of a single label is not limited.
 */
export const isDnsSubdomain = (text: string): boolean =>
  text.length <= MAXIMUM_SUBDOMAIN_LENGTH && text.split('.').every((label) => LABEL.test(label));

/** JSON Schemas of the same. */
export const DNS_LABEL_SCHEMA = { type: 'string', maxLength: MAXIMUM_LABEL_LENGTH, pattern: LABEL.source };
const LABEL_WITHIN = LABEL.source.slice(1, -1);
export const DNS_SUBDOMAIN_SCHEMA = {
  type: 'string',
  maxLength: MAXIMUM_SUBDOMAIN_LENGTH,
  pattern: `^${LABEL_WITHIN}(\\.${LABEL_WITHIN})*$`,
};

/** The rule for such a name, for messages. */
export const DNS_SUBDOMAIN_RULE =
  'lowercase letters, digits, "-" and ".", with a letter or digit at both ends of each part, at most 253 characters';
