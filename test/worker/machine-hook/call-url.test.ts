import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { UrlCall } from '../../../src/config/machine-hook-settings.ts';
import { callUrl } from '../../../src/worker/machine-hook/call-url.ts';
import { createCertificateAuthority } from '../../../stack/control-plane/certificate-authority.ts';
import { HOOK_INPUT } from './hook-input.ts';

const SECRET = 'Bearer abcdef-123456';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let folder: string;
let origin: string;
let answer: (response: ServerResponse) => void = () => undefined;
const asked: Asked[] = [];

beforeAll(async () => {
  const authority = createCertificateAuthority('test');
  const { certificate, key } = authority.issue({
    commonName: 'hook',
    usage: 'server',
    alternativeNames: ['localhost', '127.0.0.1'],
  });
  folder = mkdtempSync(join(tmpdir(), 'hook-'));
  writeFileSync(join(folder, 'ca.pem'), authority.certificate);
  server = createServer({ cert: certificate, key }, (request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const urlCall = (overrides: Partial<UrlCall> = {}): UrlCall => ({
  kind: 'url',
  url: `${origin}/machines?key=in-the-query`,
  method: 'POST',
  headers: [{ name: 'Authorization', variable: 'MACHINES_TOKEN', readValue: () => SECRET }],
  caFile: join(folder, 'ca.pem'),
  ...overrides,
});

const answerWith = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => {
  asked.length = 0;
  answer = (response) => response.writeHead(status, headers).end(body);
};

const call = (overrides: Partial<UrlCall> = {}, seconds = 30, signal = new AbortController().signal): Promise<string> =>
  callUrl(urlCall(overrides), seconds, HOOK_INPUT, signal);

describe('callUrl', () => {
  it('sends what identifies the machine, with the header from the environment', async () => {
    answerWith(202, '{"state": "terminating"}');
    expect(await call()).toBe('{"state": "terminating"}');
    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: '/machines?key=in-the-query',
        headers: { authorization: SECRET, 'content-type': 'application/json', 'idempotency-key': 'run-1-abc' },
      },
    ]);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ version: 1, ...HOOK_INPUT });
  });

  it('returns the beginning of a long answer, without the secret', async () => {
    answerWith(200, `token abcdef-123456 accepted ${'x'.repeat(100_000)}`);
    const returned = await call({ method: 'DELETE' });
    expect(returned).toMatch(/^token \*\*\* accepted x+…$/);
    expect(returned).toHaveLength(2000);
    expect(asked[0]?.method).toBe('DELETE');
  });

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [409, true],
    [400, false],
    [401, false],
    [404, false],
    [302, false],
  ])('fails with status %i; retryable: %s', async (status, retryable) => {
    answerWith(status, `not now: ${SECRET}`, { location: `${origin}/elsewhere` });
    const failing = call();
    await expect(failing).rejects.toMatchObject({ type: 'MachineNotEnded', retryable });
    const { message } = (await failing.catch((error: unknown) => error)) as Error;
    expect(message).toContain(`${origin} answered with status ${status} (its answer: not now: ***)`);
    expect(message).not.toContain('in-the-query');
    // A redirect is not followed.
    expect(asked).toHaveLength(1);
  });

  it('is not sent when its variable is not set', async () => {
    answerWith(200, '');
    const headers = [{ name: 'Authorization', variable: 'MACHINES_TOKEN', readValue: () => undefined }];
    await expect(call({ headers })).rejects.toMatchObject({
      type: 'MachineNotEnded',
      retryable: true,
      message: expect.stringContaining('environment variable MACHINES_TOKEN of the worker is not set'),
    });
    expect(asked).toEqual([]);
  });

  it('is not sent to a server whose certificate is not trusted', async () => {
    answerWith(200, '');
    const { caFile: _file, ...untrusted } = urlCall();
    const failing = callUrl(untrusted, 30, HOOK_INPUT, new AbortController().signal);
    await expect(failing).rejects.toMatchObject({
      retryable: true,
      message: expect.stringMatching(/cannot be reached \([A-Z_]+\)/),
    });
    expect(asked).toEqual([]);
  });

  it('may be retried when nothing answers', async () => {
    await expect(call({ url: 'https://127.0.0.1:1/' })).rejects.toMatchObject({
      type: 'MachineNotEnded',
      retryable: true,
      message: expect.stringContaining('https://127.0.0.1:1 cannot be reached (ECONNREFUSED)'),
    });
  });

  it('ends without an answer in time', async () => {
    answer = () => undefined;
    await expect(call({}, 0.2)).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('did not answer in 0.2 s'),
    });
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    answer = () => {
      controller.abort();
    };
    await expect(call({}, 30, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
