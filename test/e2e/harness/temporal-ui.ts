import { TASK_QUEUE } from '../../../src/domain/run/workflow-ids.ts';
import type { TemporalServer } from '../../../stack/temporal/temporal-server.ts';

/** The fields of the start form in Temporal's web interface. */
export interface UiStartForm {
  readonly workflowId: string;
  /** Default `decommissionNodes`. */
  readonly workflowType?: string;
  /** JSON text; the form sends no argument at all when it is empty. */
  readonly input: string;
  /** The form's choice; default `json/plain`. */
  readonly encoding?: 'json/plain' | 'json/protobuf';
  /** Only for `json/protobuf`. */
  readonly messageType?: string;
}

/** A session of the web interface. */
export interface UiSession {
  /**
   * Sends the request of the form.
   * @throws Error when the server does not start the workflow
   */
  start(form: UiStartForm): Promise<void>;
}

/** Opens the web interface as a browser does: its requests need the token of a cookie. */
export const openUi = async ({ uiAddress = '', namespace }: TemporalServer): Promise<UiSession> => {
  const { headers } = await fetch(`${uiAddress}/api/v1/settings`);
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
  const token = cookie.find((pair) => pair.startsWith('_csrf='))?.slice('_csrf='.length) ?? '';
  return {
    start: async (form) => {
      // Twice, as the form does: workflow ids contain slashes.
      const id = encodeURIComponent(encodeURIComponent(form.workflowId));
      const response = await fetch(`${uiAddress}/api/v1/namespaces/${namespace}/workflows/${id}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-TOKEN': token, Cookie: cookie.join('; ') },
        body: JSON.stringify(toBody(form)),
      });
      if (!response.ok)
        throw new Error(`The web interface returned status ${response.status}: ${await response.text()}`);
    },
  };
};

const toBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const toBody = (form: UiStartForm): object => {
  const { workflowId, workflowType = 'decommissionNodes', input, encoding = 'json/plain', messageType } = form;
  const metadata = {
    encoding: toBase64(encoding),
    ...(messageType === undefined ? {} : { messageType: toBase64(messageType) }),
  };
  return {
    workflowId,
    taskQueue: { name: TASK_QUEUE },
    workflowType: { name: workflowType },
    input: input === '' ? null : { payloads: [{ metadata, data: toBase64(input) }] },
    userMetadata: {},
    searchAttributes: null,
  };
};
