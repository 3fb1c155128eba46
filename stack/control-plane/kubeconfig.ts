import { writeFileSync } from 'node:fs';

import type { CertificateAndKey } from './certificate-authority.ts';

export interface KubeconfigContent {
  /** For instance `https://127.0.0.1:26443`. */
  readonly serverUrl: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly credentials: CertificateAndKey | { readonly token: string };
  /** Default namespace of the context; `default` when absent. */
  readonly namespace?: string;
}

/** Writes a kubeconfig with one context named `stack`, all data inline, readable by its owner only. */
export const writeKubeconfig = (path: string, content: KubeconfigContent): void => {
  const { credentials } = content;
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': toBase64(credentials.certificate),
          'client-key-data': toBase64(credentials.key),
        };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'stack',
        cluster: { server: content.serverUrl, 'certificate-authority-data': toBase64(content.certificateAuthority) },
      },
    ],
    users: [{ name: 'stack', user }],
    contexts: [
      { name: 'stack', context: { cluster: 'stack', user: 'stack', namespace: content.namespace ?? 'default' } },
    ],
    'current-context': 'stack',
  };
  writeFileSync(path, `${JSON.stringify(kubeconfig, undefined, 2)}\n`, { mode: 0o600 });
};

const toBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
