import { toNearestKey } from './nearest-key.ts';
import { toQuotedKey } from './quoted-value.ts';
import type { RequestProblem } from './field.ts';

/** Parts of key names that announce a secret, compared without case, `_` and `-`. */
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

/** True for key names under which people send keys, passwords, tokens and kubeconfigs. */
export const isSecretKey = (key: string): boolean => {
  const compared = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_NAMES.some((name) => compared.includes(name));
};

/** The refusal of a key that no request has. The value is never looked at: it may be a secret. */
export const toUnknownKeyProblem = (key: string): RequestProblem => {
  if (isSecretKey(key)) {
    return {
      key,
      message:
        `${toQuotedKey(key)} never goes in a request, because a request can be read in the workflow history: ` +
        "put credentials into the worker's configuration, and replace this one if it was real",
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
