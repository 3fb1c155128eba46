import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { ClientChannel, ConnectConfig } from 'ssh2';

/** What ssh2 adds to its errors: `level` is where the error happened, a numeric `code` the reason of a DISCONNECT message. */
export interface SshError {
  readonly level?: string;
  readonly code?: string | number;
  readonly message: string;
}

/** How long to wait for a peer to close the connection. */
const CLOSE_MILLISECONDS = 1000;

/**
 * One ssh2 client over a connected socket. It always listens for errors: a keepalive time-out or a reset without a listener ends the
 * process (ssh2 #969). The first error ends the connection, even when the peer never closes its side.
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

  /** The connection was lost or closed; nothing more is received. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Handshake and login. Resolves to `undefined`, or to the error; one without a `level` when the peer just closed. */
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

  /**
   * Calls back with ssh2's error when the command was not started or, on a lost connection, may have been.
   *
   * @throws Error of ssh2: the connection was lost before the call.
   */
  exec(command: string, callback: (error: Error | undefined, channel: ClientChannel) => void): void {
    this.#client.exec(command, callback);
  }

  /** Closes the connection and waits at most CLOSE_MILLISECONDS. Never throws. */
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
