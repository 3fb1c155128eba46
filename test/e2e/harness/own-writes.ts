import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';

/** The worker's user name in the audit log. */
const OWN_USER = 'system:serviceaccount:node-decommission:node-decommission';
const READING_VERBS = ['get', 'list', 'watch'];

/**
 * The changes by the worker, as `verb resource namespace/name`, in order, without access reviews and dry runs. `delete nodes` is left out
 * because its dry run is in the body of the request: check the existence of the Node instead.
 */
export const toOwnWrites = (events: readonly AuditEvent[]): readonly string[] =>
  events
    .filter(({ user, verb }) => user.username === OWN_USER && !READING_VERBS.includes(verb))
    .filter(({ requestURI }) => !requestURI.includes('dryRun='))
    .filter(({ verb, objectRef }) => !(verb === 'delete' && objectRef?.resource === 'nodes'))
    .filter(({ objectRef }) => objectRef?.apiGroup !== 'authorization.k8s.io')
    .filter(({ responseStatus }) => (responseStatus?.code ?? 0) < 300)
    .map(({ verb, objectRef }) => {
      const { resource = '', subresource, namespace = '', name = '' } = objectRef ?? {};
      return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`} ${namespace}/${name}`;
    });

/** Names of the objects of this resource, once for each write by the worker that was refused because the object had changed. */
export const toConflicts = (events: readonly AuditEvent[], resource: string): readonly string[] =>
  events
    .filter(({ user, objectRef }) => user.username === OWN_USER && objectRef?.resource === resource)
    .filter(({ responseStatus }) => responseStatus?.code === 409)
    .map(({ objectRef }) => objectRef?.name ?? '');

/** The changes with one verb on one resource: `namespace/name`, sorted, each once. */
export const toWrittenNames = (events: readonly AuditEvent[], verb: string, resource: string): readonly string[] => {
  const prefix = `${verb} ${resource} `;
  const names = toOwnWrites(events).filter((write) => write.startsWith(prefix));
  return [...new Set(names.map((write) => write.slice(prefix.length)))].sort();
};
