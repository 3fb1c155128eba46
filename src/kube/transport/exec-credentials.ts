import type { KubeConfig, User } from '@kubernetes/client-node';
import { runExecPlugin, type ExecCredential, type ExecSettings } from './exec-plugin.ts';

/** Rejected credentials are renewed at most this often: a plugin may return the same again, and each of many requests would ask it. */
const MIN_MILLISECONDS_BETWEEN_RUNS = 5_000;

type Authenticator = Parameters<KubeConfig['addAuthenticator']>[0];
type Options = Parameters<Authenticator['applyAuthentication']>[1];

/**
 * Credentials of a kubeconfig's exec plugin. client-node's own (2.0.1, `exec_auth.js`) starts the plugin for each of many requests at the
 * same time, keeps a token without an end for ever although the API server rejects it, and never asks a user. Here it runs once at a time, when
 * there are no credentials, they have expired, or the API server has rejected them.
 */
export class ExecCredentials implements Authenticator {
  readonly #userName: string;
  readonly #run: () => Promise<ExecCredential>;
  readonly #now: () => number;
  #current: ExecCredential | undefined;
  #running: Promise<ExecCredential> | undefined;
  #ranAt = -Infinity;
  #generation = 0;

  /** @param now milliseconds since the epoch */
  constructor(userName: string, run: () => Promise<ExecCredential>, now: () => number = Date.now) {
    this.#userName = userName;
    this.#run = run;
    this.#now = now;
  }

  /** Grows with each run of the plugin. */
  get generation(): number {
    return this.#generation;
  }

  isAuthProvider(user: User): boolean {
    return user.name === this.#userName;
  }

  /** @throws ExecPluginError: see `runExecPlugin`. */
  async applyAuthentication(_user: User, options: Options): Promise<void> {
    const { token, certificate, key } = await this.#read();
    if (certificate !== undefined) Object.assign(options, { cert: certificate, key });
    if (token !== undefined) Object.assign(options, { headers: { Authorization: `Bearer ${token}` } });
  }

  /**
   * The API server has rejected the credentials of this generation. True when the next request has others; false when the plugin has just
   * been asked.
   */
  reject(generation: number): boolean {
    if (generation !== this.#generation) return true;
    if (this.#now() < this.#ranAt + MIN_MILLISECONDS_BETWEEN_RUNS) return false;
    this.#current = undefined;
    return true;
  }

  async #read(): Promise<ExecCredential> {
    const current = this.#current;
    if (current !== undefined && (current.expiresAt === undefined || this.#now() < current.expiresAt)) return current;
    this.#running ??= this.#renew();
    return await this.#running;
  }

  async #renew(): Promise<ExecCredential> {
    try {
      this.#current = await this.#run();
      this.#generation += 1;
      return this.#current;
    } finally {
      this.#ranAt = this.#now();
      this.#running = undefined;
    }
  }
}

/**
 * Takes over the exec plugin of the current user, if it has one: client-node would run it itself otherwise. As in client-go, a static token
 * or certificate of the user wins over the plugin.
 */
export const takeExecCredentials = (kubeConfig: KubeConfig): ExecCredentials | undefined => {
  const user = kubeConfig.getCurrentUser();
  if (user?.exec === undefined || user.exec === null) return undefined;
  const settings = user.exec as ExecSettings;
  kubeConfig.users = kubeConfig.users.map((each) => (each.name === user.name ? withoutExec(each) : each));
  if (user.token || user.certData || user.certFile || user.username) return undefined;
  const credentials = new ExecCredentials(user.name, () => runExecPlugin(settings, kubeConfig.getCurrentCluster()));
  kubeConfig.addAuthenticator(credentials);
  return credentials;
};

const withoutExec = ({ exec: _exec, ...user }: User): User => user;
