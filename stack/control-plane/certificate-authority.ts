import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

import {
  encodeBitString,
  encodeElement,
  encodeExplicit,
  encodeObjectIdentifier,
  encodeOctetString,
  encodeSequence,
  encodeSet,
  encodeTrue,
  encodeUnsignedInteger,
  encodeUtcTime,
  encodeUtf8String,
} from './der.ts';

/** Both in PEM. */
export interface CertificateAndKey {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** For client certificates this is the Kubernetes user. */
  readonly commonName: string;
  /** For client certificates this is the Kubernetes group. */
  readonly organization?: string;
  readonly usage: 'client' | 'server';
  /** DNS names and IPv4 addresses at which a server is reached. */
  readonly alternativeNames?: readonly string[];
}

/** Signs the certificates of one run of the stack; kept in memory only. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  issue(request: CertificateRequest): CertificateAndKey;
}

const OBJECT_IDENTIFIERS = {
  commonName: '2.5.4.3',
  organizationName: '2.5.4.10',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

const DAY_MILLISECONDS = 86_400_000;

/**
 * Creates an authority with ECDSA keys on P-256; its certificates are valid from one day ago until 30 days from now.
 * Node can read X.509 certificates but not create them; this code avoids a dependency on openssl.
 */
export const createCertificateAuthority = (commonName: string): CertificateAuthority => {
  const authorityKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = encodeName({ commonName });
  const signCertificate = (subject: Buffer, publicKey: KeyObject, extensions: readonly Buffer[]): string => {
    const body = encodeCertificateBody(issuer, subject, publicKey, extensions);
    const signature = sign('sha256', body, authorityKeys.privateKey);
    return toPem(encodeSequence(body, encodeSignatureAlgorithm(), encodeBitString(signature)));
  };
  return {
    certificate: signCertificate(issuer, authorityKeys.publicKey, [
      encodeExtension(OBJECT_IDENTIFIERS.basicConstraints, encodeSequence(encodeTrue()), 'critical'),
      // keyCertSign and cRLSign are bits 5 and 6.
      encodeExtension(OBJECT_IDENTIFIERS.keyUsage, encodeBitString(Buffer.from([0b0000_0110]), 1), 'critical'),
    ]),
    issue: (request) => {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        certificate: signCertificate(encodeName(request), keys.publicKey, encodeLeafExtensions(request)),
        key: keys.privateKey.export({ type: 'sec1', format: 'pem' }) as string,
      };
    },
  };
};

/** RFC 5280, 4.1.2. */
const encodeCertificateBody = (
  issuer: Buffer,
  subject: Buffer,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
): Buffer => {
  const now = Date.now();
  const version3 = encodeExplicit(0, encodeUnsignedInteger(Buffer.from([2])));
  return encodeSequence(
    version3,
    encodeUnsignedInteger(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    encodeSignatureAlgorithm(),
    issuer,
    encodeSequence(
      encodeUtcTime(new Date(now - DAY_MILLISECONDS)),
      encodeUtcTime(new Date(now + 30 * DAY_MILLISECONDS)),
    ),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    encodeExplicit(3, encodeSequence(...extensions)),
  );
};

const encodeLeafExtensions = (request: CertificateRequest): Buffer[] => {
  const usage = encodeSequence(encodeObjectIdentifier(OBJECT_IDENTIFIERS[request.usage]));
  const names = (request.alternativeNames ?? []).map(encodeAlternativeName);
  return [
    // digitalSignature is bit 0.
    encodeExtension(OBJECT_IDENTIFIERS.keyUsage, encodeBitString(Buffer.from([0b1000_0000]), 7), 'critical'),
    encodeExtension(OBJECT_IDENTIFIERS.extendedKeyUsage, usage),
    ...(names.length > 0 ? [encodeExtension(OBJECT_IDENTIFIERS.subjectAltName, encodeSequence(...names))] : []),
  ];
};

const encodeAlternativeName = (name: string): Buffer =>
  isIPv4(name)
    ? encodeElement(0x87, Buffer.from(name.split('.').map(Number)))
    : encodeElement(0x82, Buffer.from(name, 'ascii'));

const encodeExtension = (identifier: string, value: Buffer, critical?: 'critical'): Buffer => {
  const criticality = critical === undefined ? [] : [encodeTrue()];
  return encodeSequence(encodeObjectIdentifier(identifier), ...criticality, encodeOctetString(value));
};

const encodeName = (name: Pick<CertificateRequest, 'commonName' | 'organization'>): Buffer => {
  const attribute = (identifier: string, value: string): Buffer =>
    encodeSet(encodeSequence(encodeObjectIdentifier(identifier), encodeUtf8String(value)));
  const organization = name.organization === undefined ? [] : [name.organization];
  return encodeSequence(
    ...organization.map((value) => attribute(OBJECT_IDENTIFIERS.organizationName, value)),
    attribute(OBJECT_IDENTIFIERS.commonName, name.commonName),
  );
};

const encodeSignatureAlgorithm = (): Buffer =>
  encodeSequence(encodeObjectIdentifier(OBJECT_IDENTIFIERS.ecdsaWithSha256));

const toPem = (der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};
