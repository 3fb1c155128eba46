import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Where a relay leads. */
export interface RelayTarget {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  readonly port: number;
}

/** What befalls a connection at one point: once so many bytes of the client's went through, and before the next one does. */
export interface Strike {
  readonly afterBytes: number;
  readonly act: (connection: RelayedConnection) => void | Promise<void>;
}

/** Asked for each new connection before anything goes through it; `undefined`: nothing befalls it. */
export type DecideStrike = (connection: RelayedConnection) => Promise<Strike | undefined>;

/** One connection through a relay. */
export class RelayedConnection {
  readonly #near: Socket;
  readonly #far: Socket;
  #isSilent = false;
  /** Bytes of the client's that went through. */
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

  /** Lets the client's bytes through, until `strike` has its turn. */
  async run(strike?: Strike): Promise<void> {
    for await (const chunk of this.#near.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const room = strike === undefined ? Number.POSITIVE_INFINITY : strike.afterBytes - this.#passed;
      this.#send(chunk.subarray(0, room));
      if (strike === undefined || chunk.length < room) continue;
      await strike.act(this);
      strike = undefined;
      this.#send(chunk.subarray(room));
    }
  }

  /** Nothing goes through any more, in neither direction; the connection stays. */
  goSilent(): void {
    this.#isSilent = true;
    this.#far.unpipe().pause();
  }

  /** Both sides see their connection reset. */
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
  /** What went wrong in a decision or a strike: the test's own fault. */
  readonly #faults: Error[] = [];

  private constructor(target: RelayTarget, decide: DecideStrike | undefined) {
    this.#server = createServer((near) => {
      const connection = new RelayedConnection(near, target);
      this.#connections.push(connection);
      const serve = async (): Promise<void> => {
        await connection.run(await decide?.(connection));
      };
      serve().catch((error: unknown) => {
        connection.close();
        if (!isBroken(error)) this.#faults.push(error as Error);
      });
    });
  }

  static async start(target: RelayTarget, decide?: DecideStrike): Promise<Relay> {
    const relay = new Relay(target, decide);
    await new Promise<void>((resolve) => {
      relay.#server.listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** All that are there go silent. */
  goSilent(): void {
    for (const connection of this.#connections) connection.goSilent();
  }

  /** All that are there are reset. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** Throws what went wrong in a decision or a strike. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const connection of this.#connections) connection.close();
    await closed;
    if (this.#faults[0] !== undefined) throw this.#faults[0];
  }
}

/** A connection that ended under its reader, which is what relays are for. By its code: jest's own `Error` is not that of Node's streams. */
const isBroken = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
