import { createServer } from 'node:net';
import type { Server } from 'node:net';
import ssh2 from 'ssh2';
import type { KeyPair } from './keys.ts';

/** An ssh-agent with these keys on a socket at the given path. */
export const startFakeAgent = async (path: string, keys: readonly KeyPair[]): Promise<Server> => {
  const loaded = keys.map(({ privateKey }) => ssh2.utils.parseKey(privateKey) as ssh2.ParsedKey);
  const server = createServer((socket) => {
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on('identities', (request) => {
      protocol.getIdentitiesReply(request, loaded);
    });
    protocol.on('sign', (request, publicKey, data) => {
      const key = loaded.find((one) => one.getPublicSSH().equals(publicKey.getPublicSSH()));
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
