import { describe, expect, it } from '@jest/globals';
import { toAlgorithms } from '../../../src/ssh/keys/algorithms.ts';
import { findHostKeys } from '../../../src/ssh/keys/find-host-keys.ts';
import type { HostKeys } from '../../../src/ssh/keys/find-host-keys.ts';
import { toFingerprint } from '../../../src/ssh/keys/host-key.ts';
import { judgeHostKey } from '../../../src/ssh/keys/judge-host-key.ts';
import { matchesHostField, toLookupName } from '../../../src/ssh/keys/matches-host-field.ts';
import { parseKnownHosts } from '../../../src/ssh/keys/parse-known-hosts.ts';
import {
  ECDSA,
  ED25519,
  ED25519_FINGERPRINT,
  HASHED_ADDRESS,
  HASHED_HOST,
  toBlob,
  toKeyLine,
} from '../../builders/known-keys.ts';

const HOST = 'host.example.com';
const RSA = toKeyLine('ssh-rsa');

const findKeys = (lines: readonly string[], name = HOST, aliases: readonly string[] = []): HostKeys =>
  findHostKeys(parseKnownHosts(lines.join('\n'), '/known_hosts'), name, aliases);

describe('parseKnownHosts', () => {
  it('reads entries with their markers and places', () => {
    const text = `# comment\n\n${HOST},10.0.0.5 ${ED25519} me@here since 2024\n  \n@revoked * ${ECDSA}\r\n\t@cert-authority\t*.x ${ED25519}`;
    const { entries, unreadable } = parseKnownHosts(text, '/known_hosts');
    expect(entries.map(({ mark, hosts, key, place }) => [mark, hosts, key.type, place.line])).toEqual([
      ['none', `${HOST},10.0.0.5`, 'ssh-ed25519', 3],
      ['revoked', '*', 'ecdsa-sha2-nistp256', 5],
      ['certAuthority', '*.x', 'ssh-ed25519', 6],
    ]);
    expect(entries[0]?.key.blob).toEqual(toBlob(ED25519));
    expect(unreadable).toEqual([]);
  });

  it.each<[string, string, string, boolean]>([
    ['only a host', HOST, 'has no key', false],
    ['a key without a host', ED25519, 'has no key', false],
    [
      'a key of another type than stated',
      `${HOST} ssh-rsa ${ED25519.split(' ')[1] ?? ''}`,
      'has a key that is invalid',
      false,
    ],
    ['a key that is not base64', `${HOST} ssh-ed25519 AAAA-C3`, 'has a key that is invalid', false],
    ['a key that was cut off', `${HOST} ssh-ed25519 AAAAC3`, 'has a key that is invalid', false],
    ['a key of protocol 1', `${HOST} 1024 35 1234567`, 'has a key that is invalid', false],
    ['an unknown hash', `|2|abc|def ${ED25519}`, 'has a hashed host name', false],
    ['a hashed name in a list', `${HASHED_HOST},other ${ED25519}`, 'has a hashed host name', false],
    ['an unknown marker', `@retired ${HOST} ${ED25519}`, 'starts with a marker', true],
    ['a marker with the name of an object property', `@constructor ${HOST} ${ED25519}`, 'starts with a marker', true],
    ['a revoked key that is invalid', `@revoked ${HOST} ssh-ed25519 AAAA`, 'has a key that is invalid', true],
    ['only a marker', '@revoked', 'has no key', true],
  ])('lists %s by its line number', (_name, line, problem, isMarked) => {
    const { entries, unreadable } = parseKnownHosts(
      `${HOST} ${ED25519}\n\n${line}\n${HOST} ${ECDSA}\n`,
      '/known_hosts',
    );
    expect(entries).toHaveLength(2);
    expect(unreadable).toEqual([
      { place: { path: '/known_hosts', line: 3 }, problem: expect.stringContaining(problem), isMarked },
    ]);
  });
});

describe('toLookupName', () => {
  it.each([
    ['Host.Example.com', 22, 'host.example.com'],
    ['host', 2222, '[host]:2222'],
    ['2001:DB8::1', 22, '2001:db8::1'],
    ['2001:db8::1', 2222, '[2001:db8::1]:2222'],
  ])('maps %s on port %d to %s', (host, port, expected) => {
    expect(toLookupName(host, port)).toBe(expected);
  });
});

describe('matchesHostField', () => {
  it.each([
    [HOST, HOST],
    ['HOST.Example.COM', HOST],
    [`other,${HOST}`, HOST],
    ['*.example.com', HOST],
    ['h?st.example.com', HOST],
    ['*', HOST],
    ['!other.example.com,*.example.com', HOST],
    ['[10.0.0.5]:2222', '[10.0.0.5]:2222'],
    ['[10.0.0.*]:2222', '[10.0.0.5]:2222'],
    ['*', '[10.0.0.5]:2222'],
    [HASHED_HOST, HOST],
    [HASHED_ADDRESS, '[10.0.0.5]:2222'],
  ])('%s matches %s', (field, name) => {
    expect(matchesHostField(field, name)).toBe(true);
  });

  it.each([
    ['example.com', HOST],
    [`my${HOST}`, HOST],
    ['hostxexample.com', HOST],
    ['*.example.com,!host.example.com', HOST],
    ['!host.example.com,*.example.com', HOST],
    ['!other.example.com', HOST],
    ['', HOST],
    ['10.0.0.5', '[10.0.0.5]:2222'],
    ['[10.0.0.5]:2222', '10.0.0.5'],
    ['[10.0.0.5]:2222', '[10.0.0.5]:2223'],
    [HASHED_HOST, 'other.example.com'],
    [HASHED_ADDRESS, '10.0.0.5'],
  ])('%s does not match %s', (field, name) => {
    expect(matchesHostField(field, name)).toBe(false);
  });
});

describe('findHostKeys', () => {
  it('finds all lines of a host, hashed and plain, and no others', () => {
    const keys = findKeys([`${HASHED_HOST} ${ED25519}`, `*.com ${ECDSA}`, `other ${RSA}`]);
    expect(keys.known.map(({ place }) => place.line)).toEqual([1, 2]);
  });

  it('excludes a revoked key, in any order', () => {
    const keys = findKeys([`${HOST} ${ED25519}`, `@revoked * ${ED25519}`, `${HOST} ${ECDSA}`]);
    expect(keys.known.map(({ key }) => key.type)).toEqual(['ecdsa-sha2-nistp256']);
    expect(keys.revoked.map(({ place }) => place.line)).toEqual([2]);
  });

  it('treats a key as revoked that is revoked under another name of the host', () => {
    const lines = [`${HOST} ${ED25519}`, `@revoked 10.0.0.5 ${ED25519}`];
    expect(findKeys(lines).known).toHaveLength(1);
    expect(findKeys(lines, HOST, [HOST, '10.0.0.5']).known).toEqual([]);
  });

  it('does not treat a certificate authority as a key', () => {
    const keys = findKeys([`@cert-authority *.example.com ${ED25519}`]);
    expect(keys.known).toEqual([]);
    expect(keys.authorities).toHaveLength(1);
  });
});

describe('judgeHostKey', () => {
  it.each<[string, readonly string[], string]>([
    ['Known', [`${HOST} ${ED25519}`], ED25519],
    ['Known', [`${HOST} ${ECDSA}`, `${HOST} ${ED25519}`], ED25519],
    ['Changed', [`${HOST} ${toKeyLine('ssh-ed25519', 'other')}`], ED25519],
    ['Changed', [`${HOST} ${ECDSA}`], ED25519],
    ['Revoked', [`${HOST} ${ECDSA}`, `@revoked ${HOST} ${ED25519}`], ED25519],
    ['Revoked', [`${HOST} ${ED25519}`, `@revoked ${HOST} ${ED25519}`], ED25519],
    ['Unknown', [`other ${ED25519}`], ED25519],
    ['Unknown', [`@cert-authority ${HOST} ${ED25519}`], ED25519],
  ])('returns %s with %j', (verdict, lines, presented) => {
    expect(judgeHostKey(findKeys(lines), toBlob(presented))).toBe(verdict);
  });
});

describe('toAlgorithms', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['only ed25519', [ED25519], ['ssh-ed25519']],
    ['only RSA, without SHA-1', [RSA], ['rsa-sha2-512', 'rsa-sha2-256']],
    ['several', [RSA, ECDSA, ED25519], ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256']],
    ['types that prove nothing', [toKeyLine('ssh-dss'), toKeyLine('constructor')], []],
  ])('pins %s', (_name, keys, expected) => {
    const algorithms = toAlgorithms(findKeys(keys.map((key) => `${HOST} ${key}`)));
    expect(algorithms.serverHostKey).toEqual(expected);
    expect(JSON.stringify(algorithms)).not.toMatch(/sha1|"ssh-rsa"|ssh-dss/);
  });
});

describe('toFingerprint', () => {
  it('equals the output of ssh-keygen -l', () => {
    expect(toFingerprint(toBlob(ED25519))).toBe(ED25519_FINGERPRINT);
  });
});
