/**
 * ssh2 accepts a host unless its verifier gives strictly `false` or throws: nothing, `null`, 0, a promise and an error are all a yes
 * (ssh2 `protocol/kex.js`, #1268). This one says yes to strictly `true` only, at once, and never throws.
 */
export const createHostVerifier =
  (judge: (key: Buffer) => unknown): ((key: Buffer) => boolean) =>
  (key) => {
    try {
      return judge(key) === true;
    } catch {
      // Whoever cannot judge cannot vouch for a host either; the connection's failure says that it was refused.
      return false;
    }
  };
