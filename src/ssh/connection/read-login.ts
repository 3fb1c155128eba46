import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { ConnectConfig } from 'ssh2';
import { HostFailure } from '../../ports/host-failure.ts';
import type { SshLogin } from './ssh-settings.ts';
import { toErrorCodeText } from '../../domain/text/error-code.ts';

/** The one method that a login tries. The file is read again for every connection, so that a replaced key takes effect. */
export type LoginOptions = Pick<ConnectConfig, 'privateKey' | 'agent' | 'authHandler'>;

/**
 * Never quotes any part of a key.
 *
 * @throws HostFailure `NotConfigured`, not retryable: the key or the agent cannot be used.
 */
export const readLogin = async (login: SshLogin): Promise<LoginOptions> => {
  if (login.kind === 'identityFile') {
    return { privateKey: await readPrivateKey(login.path), authHandler: ['publickey'] };
  }
  if (login.socket === undefined || login.socket === '') {
    throw new HostFailure(
      'NotConfigured',
      'The configuration sets `agent: true`, but SSH_AUTH_SOCK is not set for the worker. ' +
        'Start the worker with an ssh-agent, or set `identityFile` instead.',
    );
  }
  return { agent: login.socket, authHandler: ['agent'] };
};

const readPrivateKey = async (path: string): Promise<Buffer> => {
  const content = await readKeyFile(path);
  const problem = findKeyProblem(content);
  if (problem !== undefined) {
    throw new HostFailure('NotConfigured', `The identity file ${path} ${problem}.`);
  }
  return content;
};

const readKeyFile = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    throw new HostFailure(
      'NotConfigured',
      `The identity file ${path} cannot be read (${toErrorCodeText(error)}). ` +
        'Store the private key there, readable by the worker, or correct `identityFile` under `hosts`.',
    );
  }
};

/** What is wrong with a private key; follows its path in the message. */
const findKeyProblem = (content: Buffer): string | undefined => {
  const key = parseKey(content);
  if ('isPrivateKey' in key) {
    return key.isPrivateKey() ? undefined : 'contains a public key; set the path of the private key, without ".pub"';
  }
  return /encrypted/i.test(key.message)
    ? 'is protected by a passphrase; use a key without one, or an ssh-agent that has it (`agent: true`)'
    : 'is not a usable private key; create one with `ssh-keygen -t ed25519`';
};

/** ssh2 returns some errors and throws others. */
const parseKey = (content: Buffer): ssh2.ParsedKey | { readonly message: string } => {
  try {
    const parsed = ssh2.utils.parseKey(content) as ssh2.ParsedKey | ssh2.ParsedKey[] | Error;
    return Array.isArray(parsed) ? (parsed[0] ?? { message: '' }) : parsed;
  } catch {
    return { message: '' };
  }
};
