/** The common fields of an owner reference and an object. */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `apps` of `apps/v1`; empty for the core group. */
export const toApiGroup = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
};

/** Same kind of the same API group; the version does not matter. */
export const isOfKind = (object: ObjectKind, group: string, kind: string): boolean =>
  object.kind === kind && toApiGroup(object.apiVersion) === group;
