import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { ClientChannel, ConnectConfig } from 'ssh2';

/** What ssh2 adds to its errors: `level` is where it happened, a numeric `code` the reason of a DISCONNECT message. */
export interface SshError {
  readonly level?: string;
  readonly code?: string | number;
  readonly message: string;
}

/** How long a peer may take over saying goodbye. */
const CLOSE_MILLISECONDS = 1000;

/**
 * One ssh2 client over a connected socket. It listens for errors as long as it lives: a keepalive time-out or a reset without a listener
 * would end the process (ssh2 #969). The first error ends the connection, also when the peer never closes its side.
 */
export class SshConnection {
  readonly #client = new ssh2.Client();
  readonly #socket: Socket;
  #error: SshError | undefined;
  #isLost = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#client.on('error', (error: SshError) => {
      this.#error ??= error;
      this.#isLost = true;
      socket.destroy();
    });
    this.#client.on('close', () => {
      this.#isLost = true;
    });
  }

  /** It went, or was closed: nothing more will come of it. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Handshake and login. Gives `undefined`, or why there is none; an error without a `level` when the peer just went. */
  open(options: Omit<ConnectConfig, 'sock'>): Promise<SshError | undefined> {
    return new Promise((resolve) => {
      this.#client.once('ready', () => {
        resolve(undefined);
      });
      this.#client.once('close', () => {
        resolve(this.#error ?? { message: 'closed' });
      });
      try {
        this.#client.connect({ ...options, sock: this.#socket });
      } catch {
        resolve({ level: 'options', message: 'refused by ssh2' });
      }
    });
  }

  /** Calls back with ssh2's error when the command was not begun, or, on a lost connection, may have been. Throws on a lost one. */
  exec(command: string, callback: (error: Error | undefined, channel: ClientChannel) => void): void {
    this.#client.exec(command, callback);
  }

  /** Takes leave, and waits for it no longer than a moment. Never throws. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) {
      return;
    }
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_MILLISECONDS);
    this.#client.end();
    await closed;
    clearTimeout(timer);
  }
}
