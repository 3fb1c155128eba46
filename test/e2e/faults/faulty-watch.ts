import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse, IncomingMessage } from 'node:http';
import type { WatchFault } from './choose-fault.ts';
import { expired, PASSING_ANSWERS, type InjectedAnswer } from './injected-answer.ts';

/** Passes the lines of a watch from the API server to its client, with the fault. Resolves when the watch has ended. */
export const passFaultyWatch = async (
  fromServer: IncomingMessage,
  toClient: ServerResponse,
  fault: WatchFault,
): Promise<void> => {
  // Before the first event: a client waits for the headers.
  toClient.flushHeaders();
  const cut = (): void => {
    toClient.destroy();
    fromServer.destroy();
  };
  const stopTimer = startTimer(fault, toClient, cut);
  try {
    let passed = 0;
    for await (const line of readLines(fromServer)) {
      const { text, isLast } = await toFaultyText(line, fault, passed);
      passed += 1;
      // The timer of the fault, or the client, has ended it meanwhile.
      if (toClient.writableEnded || toClient.destroyed) break;
      if (isLast && fault.kind === 'cutInLine') await write(toClient, text);
      else toClient.write(text);
      if (!isLast) continue;
      if (fault.kind === 'cutInLine') cut();
      break;
    }
  } catch {
    // The client or the server ended the connection.
  } finally {
    stopTimer();
    fromServer.destroy();
    toClient.end();
  }
};

const startTimer = (fault: WatchFault, toClient: ServerResponse, cut: () => void): (() => void) => {
  if (fault.kind !== 'cutAfter' && fault.kind !== 'endedAfter') return () => undefined;
  const end = fault.kind === 'cutAfter' ? cut : () => toClient.end();
  const timer = setTimeout(end, fault.milliseconds);
  return () => {
    clearTimeout(timer);
  };
};

interface FaultyText {
  readonly text: string;
  /** The watch ends after it. */
  readonly isLast: boolean;
}

const toFaultyText = async (line: string, fault: WatchFault, passed: number): Promise<FaultyText> => {
  if (fault.kind === 'linesRepeated') return { text: `${line}\n${line}\n`, isLast: false };
  if (fault.kind === 'stalled' && passed === fault.afterLines) await sleep(fault.milliseconds);
  if (fault.kind === 'stalled' || !('afterLines' in fault) || passed < fault.afterLines)
    return { text: `${line}\n`, isLast: false };
  switch (fault.kind) {
    case 'cutInLine':
      return { text: line.slice(0, line.length / 2), isLast: true };
    case 'unreadable':
      return { text: '{"type":"MODIFIED"}\n', isLast: true };
    default:
      return {
        text: `${toErrorLine(fault.kind === 'expired' ? expired : PASSING_ANSWERS.internalError)}\n`,
        isLast: true,
      };
  }
};

const toErrorLine = ({ body }: InjectedAnswer): string => `{"type":"ERROR","object":${body}}`;

const write = (response: ServerResponse, text: string): Promise<void> =>
  new Promise((resolve) => {
    response.write(text, () => {
      resolve();
    });
  });

const readLines = async function* (stream: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
};
