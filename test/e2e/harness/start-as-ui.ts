import { TASK_QUEUE } from '../../../src/domain/names.ts';
import type { Harness } from './harness.ts';

/** What a person fills into the start form of Temporal's web interface. */
export interface UiStartForm {
  readonly workflowId: string;
  /** Default `decommissionNodes`. */
  readonly workflowType?: string;
  /** JSON text; the form sends no argument at all when it is empty. */
  readonly input: string;
  /** The form's choice; default `json/plain`. */
  readonly encoding?: 'json/plain' | 'json/protobuf';
  /** The form offers it for `json/protobuf`. */
  readonly messageType?: string;
}

const toBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** Posts what the form posts, to the same path of Temporal's HTTP API. @throws Error when the server does not start the workflow */
export const startAsUi = async ({ stack }: Harness, form: UiStartForm): Promise<void> => {
  const { workflowId, workflowType = 'decommissionNodes', input, encoding = 'json/plain', messageType } = form;
  const metadata = {
    encoding: toBase64(encoding),
    ...(messageType === undefined ? {} : { messageType: toBase64(messageType) }),
  };
  const { httpAddress, namespace } = stack.temporal;
  // Twice, as the form does: the server takes one off to find the path, and one to read the id.
  const path = `/api/v1/namespaces/${namespace}/workflows/${encodeURIComponent(encodeURIComponent(workflowId))}`;
  const response = await fetch(`${httpAddress}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      workflowId,
      taskQueue: { name: TASK_QUEUE },
      workflowType: { name: workflowType },
      input: input === '' ? null : { payloads: [{ metadata, data: toBase64(input) }] },
      userMetadata: {},
      searchAttributes: null,
    }),
  });
  if (!response.ok) throw new Error(`The HTTP API answered ${response.status}: ${await response.text()}`);
};
