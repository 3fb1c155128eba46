import { X509Certificate, createPrivateKey } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';

describe('createCertificateAuthority', () => {
  const authority = createCertificateAuthority('test authority');
  const authorityCertificate = new X509Certificate(authority.certificate);

  it('creates a certificate that may sign others', () => {
    expect(authorityCertificate.ca).toBe(true);
    expect(authorityCertificate.subject).toBe('CN=test authority');
    expect(authorityCertificate.verify(authorityCertificate.publicKey)).toBe(true);
  });

  it('issues client certificates with user and group', () => {
    const { certificate, key } = authority.issue({ commonName: 'jane', organization: 'ops', usage: 'client' });
    const issued = new X509Certificate(certificate);
    expect(issued.subject).toBe('O=ops\nCN=jane');
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(issued.ca).toBe(false);
    expect(issued.checkIssued(authorityCertificate)).toBe(true);
    expect(issued.verify(authorityCertificate.publicKey)).toBe(true);
    expect(issued.checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('issues server certificates for names and addresses', () => {
    const { certificate } = authority.issue({
      commonName: 'server',
      usage: 'server',
      alternativeNames: ['127.0.0.1', 'localhost'],
    });
    const issued = new X509Certificate(certificate);
    expect(issued.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(issued.checkHost('localhost')).toBe('localhost');
    expect(issued.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('issues certificates that are valid now and for 30 days', () => {
    const { certificate } = authority.issue({ commonName: 'jane', usage: 'client' });
    const { validFrom, validTo } = new X509Certificate(certificate);
    const days = (Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000;
    expect(Date.parse(validFrom)).toBeLessThan(Date.now());
    expect(days).toBe(31);
  });

  it('gives each certificate its own serial number', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(authority.issue({ commonName: 'x', usage: 'client' }).certificate).serialNumber,
    );
    expect(new Set(serials).size).toBe(20);
  });
});
