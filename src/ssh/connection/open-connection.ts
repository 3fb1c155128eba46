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

/** The key that the host showed, and what known_hosts says of it. */
interface ShownKey {
  readonly verdict: HostKeyVerdict;
  readonly blob: Buffer;
}

/**
 * Connects, has the host prove one of its known keys, logs in.
 *
 * @throws HostFailure `Unreachable`, `HostKeyRefused`, `AuthenticationFailed`, `NotConfigured`, `Unsupported`
 */
export const openConnection = async (input: ConnectionInput): Promise<SshConnection> => {
  const { settings, login, lookedUp, keepalive } = input;
  const socket = await openSocket(lookedUp.destination, settings.connectTimeoutSeconds);
  const connection = new SshConnection(socket);
  let shown: ShownKey | undefined;
  const error = await connection.open({
    username: settings.user,
    ...login,
    algorithms: toAlgorithms(lookedUp.keys),
    hostVerifier: createHostVerifier((blob) => {
      shown = { verdict: judgeHostKey(lookedUp.keys, blob), blob };
      return shown.verdict === 'Known';
    }),
    readyTimeout: settings.connectTimeoutSeconds * 1000,
    keepaliveInterval: keepalive.seconds * 1000,
    keepaliveCountMax: keepalive.tries,
  });
  const failure = findFailure(input, error, shown);
  if (failure !== undefined) {
    await connection.close();
    throw failure;
  }
  return connection;
};

/** Also without an error: a login that no key was shown for is none. */
const findFailure = (
  input: ConnectionInput,
  error: SshError | undefined,
  shown: ShownKey | undefined,
): HostFailure | undefined => {
  const { lookedUp } = input;
  if (shown !== undefined && shown.verdict !== 'Known') {
    return toKeyRefusal(lookedUp, shown.verdict, shown.blob);
  }
  if (error === undefined) {
    return shown === undefined
      ? toFailure(
          'HostKeyRefused',
          lookedUp.destination,
          'it let us in without showing a host key; find out what answers there',
        )
      : undefined;
  }
  return toOpeningFailure(input, error, shown !== undefined);
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
        'the ssh-agent of SSH_AUTH_SOCK gives no answer, or does not sign; check it with `ssh-add -l`',
      );
    case 'options':
      return toFailure(
        'NotConfigured',
        destination,
        'its settings in `hosts` cannot be used; check `user` and `identityFile`',
      );
    default:
      return toBrokenOff(input, error, isProven);
  }
};

/** sshd says goodbye with a reason when a login has tried too often or is not allowed. */
const toBrokenOff = ({ lookedUp, settings }: ConnectionInput, error: SshError, isProven: boolean): HostFailure =>
  isProven && typeof error.code === 'number'
    ? toFailure('AuthenticationFailed', lookedUp.destination, describeRefusedLogin(settings))
    : toFailure(
        'Unreachable',
        lookedUp.destination,
        'the connection went before the login was through; check that sshd answers there, its log and its MaxStartups',
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
      'its sshd offers no key exchange, cipher or MAC that is accepted here (nothing with SHA-1); update or reconfigure it',
    );
  }
  return toFailure(
    'Unreachable',
    lookedUp.destination,
    'the handshake broke off; check that it is sshd that answers there',
  );
};

const describeTimeout = (seconds: number, isProven: boolean): string =>
  isProven
    ? `its host key is proven, but the login was not through within ${seconds} s; check its sshd, and the ssh-agent if one is used`
    : `it took the connection, but the SSH handshake was not through within ${seconds} s; check that sshd answers there`;

const describeRefusedLogin = ({ user, login }: SshSettings): string =>
  login.kind === 'identityFile'
    ? `it does not let user "${user}" in with the key of ${login.path}; ` +
      "add its public key to that user's authorized_keys, or correct `user` and `identityFile`"
    : `it does not let user "${user}" in with a key of the ssh-agent; ` +
      'load the right one with `ssh-add` (few others: sshd counts tries), or correct `user`';
