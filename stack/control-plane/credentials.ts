import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createCertificateAuthority } from './certificate-authority.ts';
import type { CertificateAndKey, CertificateAuthority } from './certificate-authority.ts';
import { writeKubeconfig } from './kubeconfig.ts';

export interface ControlPlaneCredentials {
  readonly certificateAuthority: CertificateAuthority;
  readonly admin: CertificateAndKey;
  readonly adminKubeconfigPath: string;
  readonly controllerManagerKubeconfigPath: string;
  readonly schedulerKubeconfigPath: string;
  readonly kwokKubeconfigPath: string;
  readonly pki: {
    readonly certificateAuthorityPath: string;
    readonly serverCertificatePath: string;
    readonly serverKeyPath: string;
    /** The API server uses them to call kubelets, for `kubectl logs` and `exec`. */
    readonly kubeletClientCertificatePath: string;
    readonly kubeletClientKeyPath: string;
    readonly serviceAccountKeyPath: string;
    readonly serviceAccountPublicKeyPath: string;
  };
}

/**
 * Creates one authority, a server certificate for the address in the URL and one client certificate for each user,
 * and writes keys and kubeconfigs to the run directory. User names are those of RBAC's bootstrap roles.
 */
export const createCredentials = (runPath: string, serverUrl: string, runId: string): ControlPlaneCredentials => {
  const certificateAuthority = createCertificateAuthority(`node-decommission stack ${runId}`);
  const admin = certificateAuthority.issue({ commonName: 'admin', organization: 'system:masters', usage: 'client' });
  const write = (fileName: string, credentials: CertificateAndKey): string => {
    const path = join(runPath, fileName);
    writeKubeconfig(path, { serverUrl, certificateAuthority: certificateAuthority.certificate, credentials });
    return path;
  };
  const issueAndWrite = (fileName: string, commonName: string, organization?: string): string =>
    write(
      fileName,
      certificateAuthority.issue({
        commonName,
        usage: 'client',
        ...(organization === undefined ? {} : { organization }),
      }),
    );
  return {
    certificateAuthority,
    admin,
    adminKubeconfigPath: write('admin.kubeconfig', admin),
    controllerManagerKubeconfigPath: issueAndWrite('controller-manager.kubeconfig', 'system:kube-controller-manager'),
    schedulerKubeconfigPath: issueAndWrite('scheduler.kubeconfig', 'system:kube-scheduler'),
    kwokKubeconfigPath: issueAndWrite('kwok.kubeconfig', 'kwok', 'system:masters'),
    pki: writePki(join(runPath, 'pki'), certificateAuthority, new URL(serverUrl).hostname),
  };
};

const writePki = (
  directory: string,
  certificateAuthority: CertificateAuthority,
  serverAddress: string,
): ControlPlaneCredentials['pki'] => {
  mkdirSync(directory, { mode: 0o700 });
  const write = (fileName: string, text: string): string => {
    const path = join(directory, fileName);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const server = certificateAuthority.issue({
    commonName: 'kube-apiserver',
    usage: 'server',
    alternativeNames: [
      ...new Set([serverAddress, '127.0.0.1', '10.96.0.1', 'localhost', 'kubernetes', 'kubernetes.default.svc']),
    ],
  });
  const kubeletClient = certificateAuthority.issue({
    commonName: 'kube-apiserver-kubelet-client',
    organization: 'system:masters',
    usage: 'client',
  });
  const serviceAccountKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    certificateAuthorityPath: write('ca.crt', certificateAuthority.certificate),
    serverCertificatePath: write('apiserver.crt', server.certificate),
    serverKeyPath: write('apiserver.key', server.key),
    kubeletClientCertificatePath: write('apiserver-kubelet-client.crt', kubeletClient.certificate),
    kubeletClientKeyPath: write('apiserver-kubelet-client.key', kubeletClient.key),
    serviceAccountKeyPath: write(
      'service-account.key',
      serviceAccountKeys.privateKey.export({ type: 'sec1', format: 'pem' }) as string,
    ),
    serviceAccountPublicKeyPath: write(
      'service-account.pub',
      serviceAccountKeys.publicKey.export({ type: 'spki', format: 'pem' }) as string,
    ),
  };
};
