import type { ClusterAddress } from '../../domain/cluster/facts.ts';

/** As in a kubeconfig and in the answer of `GET /version`. */
export interface RawAddress {
  readonly context: string | undefined;
  readonly server: string;
  readonly version: unknown;
}

/** Without what may be a secret or may disturb a terminal. */
export const toClusterAddress = ({ context, server, version }: RawAddress): ClusterAddress => ({
  ...(context === undefined || context === '' ? {} : { context: context.replace(/\p{Cc}/gu, '') }),
  server: toPlainUrl(server),
  ...(typeof version === 'string' && /^[\w.+-]{1,100}$/.test(version) ? { version } : {}),
});

/** Credentials may stand before the `@` and in the query. */
const toPlainUrl = (server: string): string => {
  if (!URL.canParse(server)) return '';
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
};
