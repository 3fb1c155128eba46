import type { HostFailure } from '../../ports/host-failure.ts';
import { toAlgorithms } from '../keys/algorithms.ts';
import { toFailure } from './destination.ts';
import { toForgedKey, toKeyRefusal, toNoKnownType } from '../keys/host-key-refusal.ts';
import type { LookedUp } from '../keys/host-key-refusal.ts';
import { createHostVerifier } from '../keys/host-verifier.ts';
import { judgeHostKey } from '../keys/judge-host-key.ts';
import type { HostKeyVerdict } from '../keys/judge-host-key.ts';
import { openSocket } from './open-socket.ts';
import type { LoginOptions } from './read-login.ts';
import { SshConnection } from './ssh-connection.ts';
import type { SshError } from './ssh-connection.ts';
import type { KeepaliveSettings, SshSettings } from './ssh-settings.ts';

export interface ConnectionInput {
  readonly settings: SshSettings;
  readonly login: LoginOptions;
  readonly lookedUp: LookedUp;
  readonly keepalive: KeepaliveSettings;
}

/** The key that the host presented, compared with known_hosts. */
interface PresentedKey {
  readonly verdict: HostKeyVerdict;
  readonly blob: Buffer;
}

/**
 * Connects, verifies one of the host's known keys, and logs in.
 *
 * @throws HostFailure `Unreachable`, retryable: there is no connection, or it was lost before the login completed.
 * @throws HostFailure `HostKeyRefused`, not retryable: the host did not prove a known key.
 * @throws HostFailure `AuthenticationFailed`, not retryable: the host rejected the login.
 * @throws HostFailure `NotConfigured`, not retryable: the ssh-agent or the settings cannot be used.
 * @throws HostFailure `Unsupported`, not retryable: sshd offers no accepted algorithm.
 */
export const openConnection = async (input: ConnectionInput): Promise<SshConnection> => {
  const { settings, login, lookedUp, keepalive } = input;
  const socket = await openSocket(lookedUp.destination, settings.connectTimeoutSeconds);
  const connection = new SshConnection(socket);
  let presented: PresentedKey | undefined;
  const error = await connection.open({
    username: settings.user,
    ...login,
    algorithms: toAlgorithms(lookedUp.keys),
    hostVerifier: createHostVerifier((blob) => {
      presented = { verdict: judgeHostKey(lookedUp.keys, blob), blob };
      return presented.verdict === 'Known';
    }),
    readyTimeout: settings.connectTimeoutSeconds * 1000,
    keepaliveInterval: keepalive.seconds * 1000,
    keepaliveCountMax: keepalive.tries,
  });
  const failure = findFailure(input, error, presented);
  if (failure !== undefined) {
    await connection.close();
    throw failure;
  }
  return connection;
};

/** Also checked without an error: a login without a presented host key is not accepted. */
const findFailure = (
  input: ConnectionInput,
  error: SshError | undefined,
  presented: PresentedKey | undefined,
): HostFailure | undefined => {
  const { lookedUp } = input;
  if (presented !== undefined && presented.verdict !== 'Known') {
    return toKeyRefusal(lookedUp, presented.verdict, presented.blob);
  }
  if (error === undefined) {
    return presented === undefined
      ? toFailure(
          'HostKeyRefused',
          lookedUp.destination,
          'it accepted the login without presenting a host key; find out which server listens there',
        )
      : undefined;
  }
  return toOpeningFailure(input, error, presented !== undefined);
};

const toOpeningFailure = (input: ConnectionInput, error: SshError, isProven: boolean): HostFailure => {
  const { destination } = input.lookedUp;
  switch (error.level) {
    case 'handshake':
      return toHandshakeFailure(input.lookedUp, error);
    case 'client-timeout':
      return toFailure('Unreachable', destination, describeTimeout(input.settings.connectTimeoutSeconds, isProven));
    case 'client-authentication':
      return toFailure('AuthenticationFailed', destination, describeRefusedLogin(input.settings));
    case 'agent':
      return toFailure(
        'NotConfigured',
        destination,
        'the ssh-agent at SSH_AUTH_SOCK does not respond or does not sign; check it with `ssh-add -l`',
      );
    case 'options':
      return toFailure(
        'NotConfigured',
        destination,
        'its settings in `hosts` are invalid; check `user` and `identityFile`',
      );
    default:
      return toBrokenOff(input, error, isProven);
  }
};

/** sshd disconnects with a reason after too many login attempts, or when the login is not allowed. */
const toBrokenOff = ({ lookedUp, settings }: ConnectionInput, error: SshError, isProven: boolean): HostFailure =>
  isProven && typeof error.code === 'number'
    ? toFailure('AuthenticationFailed', lookedUp.destination, describeRefusedLogin(settings))
    : toFailure(
        'Unreachable',
        lookedUp.destination,
        'the connection was lost before the login completed; check that sshd listens there, its log and its MaxStartups',
      );

const toHandshakeFailure = (lookedUp: LookedUp, { message }: SshError): HostFailure => {
  if (message.includes('no matching host key format')) {
    return toNoKnownType(lookedUp);
  }
  if (message.includes('signature verification failed')) {
    return toForgedKey(lookedUp);
  }
  if (message.includes('no matching')) {
    return toFailure(
      'Unsupported',
      lookedUp.destination,
      'its sshd offers no accepted key exchange, cipher or MAC (none with SHA-1 is accepted); update or reconfigure it',
    );
  }
  return toFailure('Unreachable', lookedUp.destination, 'the SSH handshake failed; check that sshd listens there');
};

const describeTimeout = (seconds: number, isProven: boolean): string =>
  isProven
    ? `its host key is verified, but the login did not complete within ${seconds} s; check its sshd, and the ssh-agent if one is used`
    : `it accepted the connection, but the SSH handshake did not complete within ${seconds} s; check that sshd listens there`;

const describeRefusedLogin = ({ user, login }: SshSettings): string =>
  login.kind === 'identityFile'
    ? `it rejects user "${user}" with the key in ${login.path}; ` +
      "add its public key to that user's authorized_keys, or correct `user` and `identityFile`"
    : `it rejects user "${user}" with the keys of the ssh-agent; ` +
      'load the right key with `ssh-add` (and few others: sshd limits the attempts), or correct `user`';
