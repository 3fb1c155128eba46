/** Connection settings of one host. Structurally equal to what the configuration has for a node. */
export interface SshSettings {
  /** Name or address to connect to; absent: the Node's addresses, in order. */
  readonly host?: string;
  readonly port: number;
  readonly user: string;
  readonly login: SshLogin;
  /** Absolute paths. */
  readonly knownHosts: readonly string[];
  /** Every script runs under `sudo -n`. */
  readonly sudo: boolean;
  /** Limit for the TCP connection, and separately for handshake and login together. */
  readonly connectTimeoutSeconds: number;
  /** Homes that cannot be searched for kubeconfigs are listed as left, instead of as not checked. Absent: `refuse`. */
  readonly unreadHomes?: 'refuse' | 'leave';
}

export type SshLogin =
  | { readonly kind: 'identityFile'; readonly path: string }
  /** `socket`: value of SSH_AUTH_SOCK; absent when it is not set. */
  | { readonly kind: 'agent'; readonly socket?: string };

/** The settings for a Node; `undefined`: its host has no connection settings. */
export type FindSshSettings = (nodeName: string) => SshSettings | undefined;

/** A connection without a response for `seconds` × (`tries` + 1) counts as lost. */
export interface KeepaliveSettings {
  readonly seconds: number;
  readonly tries: number;
}

export const KEEPALIVE: KeepaliveSettings = { seconds: 5, tries: 3 };
