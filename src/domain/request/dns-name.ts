const MAXIMUM_LABEL_LENGTH = 63;
const MAXIMUM_SUBDOMAIN_LENGTH = 253;

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** True for a DNS-1123 label, the form of a namespace's name: `IsDNS1123Label` of apimachinery. */
export const isDnsLabel = (text: string): boolean => text.length <= MAXIMUM_LABEL_LENGTH && LABEL.test(text);

/**
 * True for a DNS-1123 subdomain, the form of a Node's name: `IsDNS1123Subdomain` of apimachinery. As there, 253 characters bound
 * the whole and nothing bounds a single label.
 */
export const isDnsSubdomain = (text: string): boolean =>
  text.length <= MAXIMUM_SUBDOMAIN_LENGTH && text.split('.').every((label) => LABEL.test(label));

/** What a person must know to write one. */
export const DNS_SUBDOMAIN_RULE =
  'lower-case letters, digits, "-" and ".", a letter or digit at both ends of each part, at most 253 characters';
