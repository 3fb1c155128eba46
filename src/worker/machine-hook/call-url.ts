import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { UrlCall } from '../../config/machine-hook-settings.ts';
import { PACKAGE_VERSION } from '../../config/package-version.ts';
import { readErrorCode } from '../../domain/text/error-code.ts';
import type { HookInput } from '../../ports/machine-hook.ts';
import { MAX_FAILURE_LENGTH, toHookFailure } from './hook-failure.ts';
import { MAX_OUTPUT_BYTES, toAnswer } from './to-answer.ts';

const MAX_ANSWER_LENGTH = 2000;

/** Statuses of a client's mistake with which a call may succeed later. */
const RETRIED_STATUSES: readonly number[] = [408, 409, 425, 429];

/**
 * Calls the URL with `input` as JSON; 2xx is success. Redirects are not followed, so that the headers reach no other server. Returns the
 * beginning of the body, without the values of the headers.
 *
 * @throws DecommissionFailure `MachineNotEnded`: retryable after no answer, 408, 409, 425, 429 and 5xx, and when a variable is not set
 * @throws Error `AbortError` after `signal`
 */
export const callUrl = async (
  call: UrlCall,
  timeoutSeconds: number,
  input: HookInput,
  signal: AbortSignal,
): Promise<string> => {
  const headers = toHeaders(call, input);
  const secrets = Object.values(headers);
  const { status, body } = await send(call, timeoutSeconds, input, headers, signal);
  if (status >= 200 && status < 300) return toAnswer(body, secrets, MAX_ANSWER_LENGTH);
  const retryable = status >= 500 || RETRIED_STATUSES.includes(status);
  const what = `${toOrigin(call)} answered with status ${status}`;
  throw toHookFailure(input, what, { shown: toAnswer(body, secrets, MAX_FAILURE_LENGTH), retryable });
};

/** Path and query may have a secret. */
const toOrigin = ({ url }: UrlCall): string => new URL(url).origin;

const toHeaders = ({ headers }: UrlCall, input: HookInput): Readonly<Record<string, string>> =>
  Object.fromEntries(
    headers.map(({ name, variable, readValue }) => {
      const value = readValue();
      if (value !== undefined) return [name, value];
      throw toHookFailure(input, `environment variable ${variable} of the worker is not set`);
    }),
  );

interface Response {
  readonly status: number;
  readonly body: string;
}

const send = async (
  call: UrlCall,
  timeoutSeconds: number,
  input: HookInput,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> => {
  const content = JSON.stringify({ version: 1, ...input });
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    return await new Promise<Response>((resolve, reject) => {
      const sent = request(
        call.url,
        {
          method: call.method,
          agent: false,
          ...(call.caFile === undefined ? {} : { ca: readFileSync(call.caFile) }),
          signal: AbortSignal.any([signal, timeout]),
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(content),
            'user-agent': `node-decommission/${PACKAGE_VERSION}`,
            'idempotency-key': input.operationId,
            ...toLowerCased(headers),
          },
        },
        (response) => {
          readBody(response).then((body) => {
            resolve({ status: response.statusCode ?? 0, body });
            response.destroy();
          }, reject);
        },
      );
      sent.on('error', reject);
      sent.end(content);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) throw toHookFailure(input, `${toOrigin(call)} did not answer in ${timeoutSeconds} s`);
    // A client error may quote headers: only its code is shown.
    throw toHookFailure(input, `${toOrigin(call)} cannot be reached (${readErrorCode(error) ?? 'unknown cause'})`);
  }
};

/** One header of a name: an operator's own replaces ours. */
const toLowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The beginning of the body. */
const readBody = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_OUTPUT_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_OUTPUT_BYTES).toString('utf8');
};
