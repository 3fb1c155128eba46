import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Where a relay connects to. */
export interface RelayTarget {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly port: number;
}

/** A fault of a connection at one point: after that many bytes of the client were forwarded, and before the next one. */
export interface Fault {
  readonly afterBytes: number;
  readonly act: (connection: RelayedConnection) => void | Promise<void>;
}

/** Called for each new connection before anything is forwarded; `undefined`: no fault. */
export type DecideFault = (connection: RelayedConnection) => Promise<Fault | undefined>;

/** One connection through a relay. */
export class RelayedConnection {
  readonly #near: Socket;
  readonly #far: Socket;
  #isSilent = false;
  /** Bytes of the client that were forwarded. */
  #passed = 0;

  constructor(near: Socket, target: RelayTarget) {
    this.#near = near;
    this.#far = connect({ host: '127.0.0.1', ...target });
    near.on('error', () => this.#far.destroy());
    this.#far.on('error', () => near.destroy());
    near.on('end', () => {
      if (!this.#isSilent) this.#far.end();
    });
    this.#far.pipe(near);
  }

  /** Forwards the client's bytes; runs the fault at its point. */
  async run(fault?: Fault): Promise<void> {
    for await (const chunk of this.#near.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const room = fault === undefined ? Number.POSITIVE_INFINITY : fault.afterBytes - this.#passed;
      this.#send(chunk.subarray(0, room));
      if (fault === undefined || chunk.length < room) continue;
      await fault.act(this);
      fault = undefined;
      this.#send(chunk.subarray(room));
    }
  }

  /** Stops forwarding in both directions; the connection stays open. */
  goSilent(): void {
    this.#isSilent = true;
    this.#far.unpipe().pause();
  }

  /** Resets the connection on both sides. */
  reset(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  close(): void {
    this.#near.destroy();
    this.#far.destroy();
  }

  #send(bytes: Buffer): void {
    if (this.#isSilent || this.#far.destroyed) return;
    this.#passed += bytes.length;
    this.#far.write(bytes);
  }
}

/** A TCP relay on 127.0.0.1 in front of a server: a network that can fail. */
export class Relay {
  readonly #server: Server;
  readonly #connections: RelayedConnection[] = [];
  /** Errors of `decide` or of a fault: bugs of the test. */
  readonly #errors: Error[] = [];

  private constructor(target: RelayTarget, decide: DecideFault | undefined) {
    this.#server = createServer((near) => {
      const connection = new RelayedConnection(near, target);
      this.#connections.push(connection);
      const serve = async (): Promise<void> => {
        await connection.run(await decide?.(connection));
      };
      serve().catch((error: unknown) => {
        connection.close();
        if (!isBroken(error)) this.#errors.push(error as Error);
      });
    });
  }

  static async start(target: RelayTarget, decide?: DecideFault): Promise<Relay> {
    const relay = new Relay(target, decide);
    await new Promise<void>((resolve) => {
      relay.#server.listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Silences all current connections. */
  goSilent(): void {
    for (const connection of this.#connections) connection.goSilent();
  }

  /** Resets all current connections. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** @throws the first error of `decide` or of a fault. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const connection of this.#connections) connection.close();
    await closed;
    if (this.#errors[0] !== undefined) throw this.#errors[0];
  }
}

/** A connection that ended while it was read, which tests cause on purpose. By code: jest's `Error` is not that of Node's streams. */
const isBroken = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
