import type { AuditEvent } from '../../../stack/control-plane/audit-log.ts';

/** As the API server sees the worker. */
const OWN_USER = 'system:serviceaccount:node-decommission:node-decommission';
const READING_VERBS = ['get', 'list', 'watch'];

/**
 * What the worker changed, as `verb resource namespace/name`, in order; access reviews are no changes. Preflight's dry run of the Node
 * deletion cannot be told from a deletion here, so `delete nodes` is left out: whether the Node is still there shows it.
 */
export const toOwnWrites = (events: readonly AuditEvent[]): readonly string[] =>
  events
    .filter(({ user, verb }) => user.username === OWN_USER && !READING_VERBS.includes(verb))
    .filter(({ verb, objectRef }) => !(verb === 'delete' && objectRef?.resource === 'nodes'))
    .filter(({ objectRef }) => objectRef?.apiGroup !== 'authorization.k8s.io')
    .filter(({ responseStatus }) => (responseStatus?.code ?? 0) < 300)
    .map(({ verb, objectRef }) => {
      const { resource = '', subresource, namespace = '', name = '' } = objectRef ?? {};
      return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`} ${namespace}/${name}`;
    });

/** Those of one verb on one resource: `namespace/name`, sorted, each once. */
export const toWrittenNames = (events: readonly AuditEvent[], verb: string, resource: string): readonly string[] => {
  const prefix = `${verb} ${resource} `;
  const names = toOwnWrites(events).filter((write) => write.startsWith(prefix));
  return [...new Set(names.map((write) => write.slice(prefix.length)))].sort();
};
