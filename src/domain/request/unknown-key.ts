import { toNearestKey } from './nearest-key.ts';
import { toQuotedKey } from './quoted-value.ts';
import type { RequestProblem } from './field.ts';

/** Parts of key names that indicate a secret, compared without case, `_` and `-`. */
const SECRET_NAMES = [
  'kubeconfig',
  'password',
  'passwd',
  'passphrase',
  'privatekey',
  'sshkey',
  'clientkey',
  'apikey',
  'accesskey',
  'token',
  'secret',
  'credential',
  'certificate',
];

/** True for key names that are typical of private keys, passwords, tokens and kubeconfigs. */
export const isSecretKey = (key: string): boolean => {
  const compared = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_NAMES.some((name) => compared.includes(name));
};

/** The refusal of an unknown key. Its value is never read: it may be a secret. */
export const toUnknownKeyProblem = (key: string): RequestProblem => {
  if (isSecretKey(key)) {
    return {
      key,
      message:
        `${toQuotedKey(key)} is not allowed in a request, because requests are readable in the workflow history: ` +
        "put credentials into the worker's configuration, and rotate this one if it was real",
    };
  }
  const nearest = toNearestKey(key);
  return {
    key,
    message: nearest.isClose
      ? `unknown key ${toQuotedKey(key)}; did you mean \`${nearest.key}\`?`
      : `unknown key ${toQuotedKey(key)}; the nearest valid key is \`${nearest.key}\``,
  };
};
