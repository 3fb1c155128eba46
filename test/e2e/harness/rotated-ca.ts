import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import { writeKubeconfig } from '../../../stack/control-plane/kubeconfig.ts';
import type { Harness } from './harness.ts';

/**
 * Writes the harness's configuration for another worker, whose kubeconfig has two certificates, as in the middle of a documented rotation of
 * the cluster's CA: the one that the plan was made with, and a new one before it.
 *
 * @returns the path of the configuration
 */
export const writeRotatedConfiguration = ({ stack, environment }: Harness): string => {
  const own = JSON.parse(readFileSync(environment['NODE_DECOMMISSION_CONFIG'] ?? '', 'utf8')) as {
    readonly clusters: { readonly default: { readonly kubeconfig: string } };
  };
  const { users } = JSON.parse(readFileSync(own.clusters.default.kubeconfig, 'utf8')) as {
    readonly users: readonly [{ readonly user: { readonly token: string } }];
  };
  const kubeconfig = join(stack.directory, 'rotated.kubeconfig');
  const present = readFileSync(stack.certificateAuthorityPath, 'utf8');
  const next = createCertificateAuthority('kubernetes-next').certificate;
  writeKubeconfig(kubeconfig, {
    serverUrl: stack.serverUrl,
    certificateAuthority: `${next.trim()}\n${present}`,
    credentials: { token: users[0].user.token },
  });
  const path = join(stack.directory, 'rotated.json');
  writeFileSync(path, JSON.stringify({ ...own, clusters: { default: { ...own.clusters.default, kubeconfig } } }));
  return path;
};
