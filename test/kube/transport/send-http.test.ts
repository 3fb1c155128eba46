import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import { readText, sendHttp } from '../../../src/kube/transport/send-http.ts';

const LONG = 'long text '.repeat(50_000);

let server: Server;
let answer: RequestListener;

const contextOf = (change: (context: RequestContext) => void = () => undefined): RequestContext => {
  const { port } = server.address() as AddressInfo;
  const context = new RequestContext(`http://127.0.0.1:${port}/path`, HttpMethod.POST);
  change(context);
  return context;
};

beforeEach(async () => {
  server = createServer((request, response) => {
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('sendHttp', () => {
  it('sends method, headers and body', async () => {
    answer = (request, response) => {
      request.on('data', (bytes: Buffer) => response.write(bytes));
      request.on('end', () => response.end(` ${request.method ?? ''} ${request.headers['content-type'] ?? ''}`));
    };
    const response = await sendHttp(
      contextOf((context) => {
        context.setHeaderParam('Content-Type', 'application/json');
        context.setBody('{}');
      }),
    );
    expect(await readText(response)).toBe('{} POST application/json');
  });

  it('decompresses a compressed body', async () => {
    answer = (request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(LONG));
    };
    expect(await readText(await sendHttp(contextOf()))).toBe(LONG);
  });

  it('a compressed body that is cut is an error', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync(LONG).subarray(0, 100), () => {
        response.destroy();
      });
    };
    const response = await sendHttp(contextOf());
    await expect(readText(response)).rejects.toThrow();
  });

  it('does not follow a redirect', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/other', 'retry-after': '3' }).end();
    const response = await sendHttp(contextOf());
    expect([response.status, response.toHeader('retry-after'), await readText(response)]).toEqual([307, '3', '']);
  });

  it('rejects with the reason of the signal', async () => {
    const abort = new AbortController();
    answer = () => {
      abort.abort(new DOMException('late', 'TimeoutError'));
    };
    const sent = sendHttp(
      contextOf((context) => {
        context.setSignal(abort.signal);
      }),
    );
    await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('a connection that ends without a response is an error with a code', async () => {
    answer = (_request, response) => response.destroy();
    await expect(sendHttp(contextOf())).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });
});
