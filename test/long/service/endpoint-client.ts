import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../../../stack/stack.ts';
import { startObjectWatch } from '../../e2e/harness/object-watch.ts';

const TEN_TIMES_A_SECOND = 100;
const REQUEST_MILLISECONDS = 1_000;

export interface ServiceRequest {
  readonly at: string;
  /** The text of the response. */
  readonly answer?: string;
  readonly failure?: string;
}

/** A client that asks ten times a second until it is stopped. */
export interface ServiceClient {
  readonly requests: readonly ServiceRequest[];
  stop(): Promise<void>;
}

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean };
}

/** Asks the ready endpoints of a Service over HTTP, in turn. It follows the EndpointSlices of the Service, as an ingress controller does. */
export const startEndpointClient = async (
  stack: Stack,
  { namespace, port }: { readonly namespace: string; readonly port: number },
): Promise<ServiceClient> => {
  const watch = await startObjectWatch(
    stack,
    'endpoint-slices',
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  );
  const requests: ServiceRequest[] = [];
  const stopping = new AbortController();

  const listReadyAddresses = (): readonly string[] => {
    const slices = new Map(watch.events().map(({ type, object }) => [object.metadata.name, { type, object }]));
    return [...slices.values()]
      .filter(({ type }) => type !== 'DELETED')
      .flatMap(({ object }) => ((object as { endpoints?: readonly Endpoint[] | null }).endpoints ?? []) as Endpoint[])
      .filter(({ conditions }) => conditions?.ready === true)
      .flatMap(({ addresses }) => addresses);
  };

  const ask = async (): Promise<void> => {
    const at = new Date().toISOString();
    const addresses = listReadyAddresses();
    const address = addresses[requests.length % Math.max(1, addresses.length)];
    if (address === undefined) {
      requests.push({ at, failure: 'the Service has no ready endpoint' });
      return;
    }
    try {
      const response = await fetch(`http://${address}:${port}/`, { signal: AbortSignal.timeout(REQUEST_MILLISECONDS) });
      const answer = (await response.text()).trim();
      requests.push(response.ok ? { at, answer } : { at, failure: `${address} answers ${response.status}` });
    } catch (error) {
      requests.push({ at, failure: `${address}: ${error instanceof Error ? error.message : String(error)}` });
    }
  };

  const asking: Promise<void>[] = [];
  const askUntilStopped = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      asking.push(ask());
      await delay(TEN_TIMES_A_SECOND);
    }
    await Promise.all(asking);
  };
  const asked = askUntilStopped();
  return {
    requests,
    stop: async () => {
      stopping.abort();
      await asked;
      await watch.stop();
    },
  };
};
