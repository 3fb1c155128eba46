/**
 * ssh2 accepts a host unless its verifier returns strictly `false` or throws: nothing, `null`, 0, a promise and an error all accept it
 * (ssh2 `protocol/kex.js`, #1268). This one accepts strictly `true` only, synchronously, and never throws.
 */
export const createHostVerifier =
  (judge: (key: Buffer) => unknown): ((key: Buffer) => boolean) =>
  (key) => {
    try {
      return judge(key) === true;
    } catch {
      // A verifier that fails accepts no host; the connection's failure reports the refusal.
      return false;
    }
  };
