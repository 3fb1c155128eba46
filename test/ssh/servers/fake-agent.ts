import { createServer } from 'node:net';
import type { Server } from 'node:net';
import ssh2 from 'ssh2';
import type { KeyPair } from './keys.ts';

/** An ssh-agent on a socket of the given path that holds these keys. */
export const startFakeAgent = async (path: string, keys: readonly KeyPair[]): Promise<Server> => {
  const held = keys.map(({ privateKey }) => ssh2.utils.parseKey(privateKey) as ssh2.ParsedKey);
  const server = createServer((socket) => {
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on('identities', (request) => {
      protocol.getIdentitiesReply(request, held);
    });
    protocol.on('sign', (request, publicKey, data) => {
      const key = held.find((one) => one.getPublicSSH().equals(publicKey.getPublicSSH()));
      if (key === undefined) {
        protocol.failureReply(request);
      } else {
        protocol.signReply(request, key.sign(data));
      }
    });
    socket.pipe(protocol).pipe(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return server;
};
