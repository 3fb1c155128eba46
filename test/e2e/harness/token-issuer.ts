import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Issues tokens that a Temporal server accepts which reads its keys from `keySourceUri`. */
export interface TokenIssuer {
  readonly keySourceUri: string;
  /** @param permissions e.g. `default:write`, or `temporal-system:admin` for everything. */
  issue(...permissions: readonly string[]): string;
  close(): void;
}

const KEY_ID = 'test';

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Serves a new key on loopback. */
export const startTokenIssuer = async (): Promise<TokenIssuer> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }];
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    keySourceUri: `http://127.0.0.1:${port}/keys.json`,
    issue: (...permissions) => {
      const expiresAt = Math.floor(Date.now() / 1000) + 3600;
      const claims = { sub: permissions.join(' '), permissions, exp: expiresAt };
      const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
