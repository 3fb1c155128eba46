import type { AccessRight } from './facts.ts';

/** As `kubectl auth can-i` takes it, e.g. `create pods/eviction`, `get clonesets.apps.kruise.io/scale`, `get namespaces kube-system`. */
export const toRightText = ({ verb, group, resource, subresource, namespace, name }: AccessRight): string => {
  const plural = group === '' ? resource : `${resource}.${group}`;
  const part = subresource === undefined ? '' : `/${subresource}`;
  const object = name === undefined ? '' : ` ${name}`;
  return `${verb} ${plural}${part}${object}${namespace === undefined ? '' : ` in ${namespace}`}`;
};

/** Without a full stop. */
export const toMissingRightText = (right: AccessRight): string =>
  `the right to ${toRightText(right)} is missing: grant it to the identity that the worker uses`;
