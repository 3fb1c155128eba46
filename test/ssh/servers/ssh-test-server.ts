import type { KeyPair } from './keys.ts';

/** An SSH server on 127.0.0.1 (on Linux, on all of 127.0.0.0/8) that accepts `clientKey`. */
export interface SshTestServer {
  readonly port: number;
  readonly clientKey: KeyPair;
  /** Type and base64 of its host keys. */
  readonly hostKeys: readonly string[];
  stop(): Promise<void>;
}

/** Behaviour of a server beyond the protocol. */
export interface ServerHabits {
  /** Text that start-up files of the login shell write to both outputs. */
  readonly noise?: string;
  /** Root's login shell and the files of root's home, by name; default: this machine's. Only with OpenSSH. */
  readonly login?: { readonly shell: string; readonly home: Readonly<Record<string, string>> };
}

/** As sshd's default. */
export const MAX_SESSIONS = 10;
