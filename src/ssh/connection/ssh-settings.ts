/** The way to one host. Structurally what the configuration gives for a node. */
export interface SshSettings {
  /** Name or address to connect to; absent: the Node's addresses, in order. */
  readonly host?: string;
  readonly port: number;
  readonly user: string;
  readonly login: SshLogin;
  /** Files, absolute. */
  readonly knownHosts: readonly string[];
  /** Every script runs under `sudo -n`. */
  readonly sudo: boolean;
  /** For the TCP connection, and once more for handshake and login together. */
  readonly connectTimeoutSeconds: number;
}

export type SshLogin =
  | { readonly kind: 'identityFile'; readonly path: string }
  /** `socket`: value of SSH_AUTH_SOCK; absent when it is not set. */
  | { readonly kind: 'agent'; readonly socket?: string };

/** The settings for a Node; `undefined`: the configuration names no way to it. */
export type FindSshSettings = (nodeName: string) => SshSettings | undefined;

/** A connection without an answer for `seconds` × (`tries` + 1) is given up. */
export interface KeepaliveSettings {
  readonly seconds: number;
  readonly tries: number;
}

export const KEEPALIVE: KeepaliveSettings = { seconds: 5, tries: 3 };
