import type { KeyPair } from './keys.ts';

/** An SSH server on 127.0.0.1 (and, being on Linux, on all of 127.0.0.0/8) that lets `clientKey` in. */
export interface SshTestServer {
  readonly port: number;
  readonly clientKey: KeyPair;
  /** Type and base64 of its host keys. */
  readonly hostKeys: readonly string[];
  stop(): Promise<void>;
}

/** What a server does besides what it is told. */
export interface ServerHabits {
  /** Start-up files of the login shell that write this on both outputs. */
  readonly noise?: string;
}

/** As sshd's default. */
export const MAX_SESSIONS = 10;
