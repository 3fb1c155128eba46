import ssh2 from 'ssh2';

export interface KeyPair {
  /** OpenSSH's format, without a passphrase. */
  readonly privateKey: string;
  /** Type and base64, as in known_hosts and authorized_keys. */
  readonly publicLine: string;
}

type KeyKind = 'ed25519' | 'rsa' | 'ecdsa';

/** A temporary key. */
export const makeKey = (kind: KeyKind = 'ed25519'): KeyPair => {
  for (;;) {
    const { private: privateKey, public: publicLine } = generate(kind);
    // About one in a thousand of ssh2's new Ed25519 keys is malformed.
    if ('isPrivateKey' in ssh2.utils.parseKey(privateKey)) {
      return { privateKey, publicLine: publicLine.trim() };
    }
  }
};

const generate = (kind: KeyKind): ReturnType<typeof ssh2.utils.generateKeyPairSync> => {
  switch (kind) {
    case 'rsa':
      return ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
    case 'ecdsa':
      return ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    case 'ed25519':
      return ssh2.utils.generateKeyPairSync('ed25519');
  }
};
