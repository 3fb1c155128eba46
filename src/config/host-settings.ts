import { matchesWildcard } from '../domain/text/matches-wildcard.ts';
import { fillHostTemplate, hasLogin, hasOwnLogin } from './hosts-schema.ts';
import type { HostFields, HostsFile } from './hosts-schema.ts';

/** Connection settings of one Node's host, with every default filled in. */
export interface HostSettings {
  /** Name or address to connect to; absent: the Node's own addresses. */
  readonly host?: string;
  /** Default 22. */
  readonly port: number;
  /** Default `root`. */
  readonly user: string;
  readonly login:
    | { readonly kind: 'identityFile'; readonly path: string }
    /** `socket`: SSH_AUTH_SOCK; absent when it is not set. */
    | { readonly kind: 'agent'; readonly socket?: string };
  /** Default `~/.ssh/known_hosts`. Every file must exist. */
  readonly knownHosts: readonly string[];
  /** Default false. */
  readonly sudo: boolean;
  /** Default 15. */
  readonly connectTimeoutSeconds: number;
  /** Units that must exist and are stopped, disabled and masked. Default `kubelet.service`. */
  readonly kubeletUnits: readonly string[];
  /**
   * Home directories that cannot be searched for kubeconfigs, e.g. on NFS: `refuse` to clean the host (default), or `leave` and list them.
   */
  readonly unreadHomes: UnreadHomes;
}

/** What becomes of a host with home directories that cannot be searched. */
export type UnreadHomes = 'refuse' | 'leave';

/** In the order of the file; `{nodeName}` is not filled in yet. */
export interface HostsSettings {
  readonly nodes: readonly { readonly match: string; readonly settings: HostSettings }[];
  /** For Nodes that no entry matches; absent: their hosts have no connection settings. */
  readonly others?: HostSettings;
}

/**
 * The settings for a Node's host: those of the first entry whose `match` is its name or a pattern for it, else the defaults. `undefined`
 * when the configuration has no connection settings for the host.
 */
export const findHostSettings = (hosts: HostsSettings | undefined, nodeName: string): HostSettings | undefined => {
  const found = hosts?.nodes.find(({ match }) => matchesWildcard(nodeName, match))?.settings ?? hosts?.others;
  return found?.host === undefined ? found : { ...found, host: fillHostTemplate(found.host, nodeName) };
};

export interface HostsContext {
  /** Makes a path from the file absolute. */
  readonly resolvePath: (path: string) => string;
  /** Value of SSH_AUTH_SOCK. */
  readonly agentSocket: string | undefined;
}

/** The validated section `hosts`, each entry merged with the defaults. */
export const toHostsSettings = ({ defaults = {}, nodes }: HostsFile, context: HostsContext): HostsSettings => ({
  nodes: nodes.map(({ match, ...entry }) => ({ match, settings: toSettings(defaults, entry, context) })),
  ...(hasLogin(defaults) ? { others: toSettings(defaults, {}, context) } : {}),
});

const DEFAULTS = {
  port: 22,
  user: 'root',
  knownHosts: ['~/.ssh/known_hosts'],
  sudo: false,
  connectTimeoutSeconds: 15,
  kubeletUnits: ['kubelet.service'],
  unreadHomes: 'refuse' as const,
};

const toSettings = (defaults: HostFields, entry: HostFields, context: HostsContext): HostSettings => {
  const { identityFile: _file, agent: _agent, ...fields } = { ...DEFAULTS, ...defaults, ...entry };
  return {
    ...fields,
    login: toLogin(hasOwnLogin(entry) ? entry : defaults, context),
    knownHosts: fields.knownHosts.map(context.resolvePath),
  };
};

const toLogin = ({ identityFile }: HostFields, { resolvePath, agentSocket }: HostsContext): HostSettings['login'] => {
  if (identityFile !== undefined) {
    return { kind: 'identityFile', path: resolvePath(identityFile) };
  }
  return agentSocket === undefined || agentSocket === '' ? { kind: 'agent' } : { kind: 'agent', socket: agentSocket };
};
