import type { AddressInfo, Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Algorithms, AuthContext, Connection, PrivateKeys, ServerChannel, Session } from 'ssh2';
import { makeKey } from './keys.ts';
import type { KeyPair } from './keys.ts';
import { LocalCommands } from './local-commands.ts';
import { MAX_SESSIONS } from './ssh-test-server.ts';
import type { ServerHabits, SshTestServer } from './ssh-test-server.ts';

/** One `exec` request, which the script handles. */
export interface ExecRequest {
  readonly command: string;
  /** From 1, over all connections. */
  readonly number: number;
  readonly accept: () => ServerChannel;
  readonly reject: () => void;
  /** Breaks the TCP connection immediately. */
  readonly drop: () => void;
}

export interface ServerScript extends ServerHabits {
  /** Default: all addresses of this machine. */
  readonly address?: string;
  /** Default: one Ed25519 key. */
  readonly hostKeys?: PrivateKeys;
  readonly algorithms?: Algorithms;
  /** Default: runs the command locally with `sh -c`. */
  readonly onExec?: (request: ExecRequest, runLocally: (request: ExecRequest) => void) => void;
  /** Default: accepts the client's key. */
  readonly onAuthentication?: (context: AuthContext, connection: Connection) => void;
}

/** ssh2's own server, for every fault that a script defines. Records its requests. */
export class ScriptedServer implements SshTestServer {
  readonly clientKey: KeyPair = makeKey();
  readonly hostKeys: readonly string[];
  readonly commands: string[] = [];
  /** Number of authentication requests; each follows the acceptance of the host key. */
  authentications = 0;
  readonly #local: LocalCommands;
  readonly #script: ServerScript;
  readonly #server: ssh2.Server;
  readonly #sockets = new Set<Socket>();

  constructor(script: ServerScript) {
    this.#script = script;
    this.#local = new LocalCommands(script);
    const hostKeys = script.hostKeys ?? [makeKey().privateKey];
    this.hostKeys = hostKeys.map(toPublicLine);
    this.#server = new ssh2.Server(
      { hostKeys, ...(script.algorithms ? { algorithms: script.algorithms } : {}) },
      (connection) => {
        this.#serve(connection);
      },
    );
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, this.#script.address ?? '0.0.0.0', resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#local.stop();
    await closed;
  }

  #serve(connection: Connection): void {
    const socket = (connection as unknown as { readonly _sock: Socket })._sock;
    // Otherwise each small response waits 40 ms for the client's acknowledgement.
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    // Many tests close the client on purpose.
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      this.authentications += 1;
      (this.#script.onAuthentication ?? this.#acceptClientKey)(context, connection);
    });
    let sessions = 0;
    connection.on('session', (accept, reject) => {
      if (sessions === MAX_SESSIONS) {
        reject();
        return;
      }
      sessions += 1;
      const session = accept();
      session.on('close', () => {
        sessions -= 1;
      });
      this.#serveSession(session, socket);
    });
  }

  #serveSession(session: Session, socket: Socket): void {
    session.on('exec', (accept, reject, { command }) => {
      this.commands.push(command);
      const request = { command, number: this.commands.length, accept, reject, drop: () => socket.destroy() };
      const runLocally = ({ command: text, accept: take }: ExecRequest): void => {
        this.#local.run(text, take());
      };
      if (this.#script.onExec === undefined) {
        runLocally(request);
      } else {
        this.#script.onExec(request, runLocally);
      }
    });
  }

  readonly #acceptClientKey = (context: AuthContext): void => {
    const expected = Buffer.from(this.clientKey.publicLine.split(' ')[1] ?? '', 'base64');
    if (context.method === 'publickey' && context.key.data.equals(expected)) {
      context.accept();
    } else {
      context.reject(['publickey']);
    }
  };
}

export const startScriptedServer = async (script: ServerScript = {}): Promise<ScriptedServer> => {
  const server = new ScriptedServer(script);
  await server.start();
  return server;
};

const toPublicLine = (hostKey: PrivateKeys[number]): string => {
  const key = ssh2.utils.parseKey(typeof hostKey === 'object' && 'key' in hostKey ? hostKey.key : hostKey);
  if (!('isPrivateKey' in key)) {
    throw new Error('The host key of the test is not a private key.');
  }
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
};
