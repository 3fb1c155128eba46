import { createLogUpdate } from 'log-update';
import { isSettled } from '../../client/closed-status.ts';
import type { DecommissionHandle } from '../../client/decommission-handle.ts';
import type { JoinedStatus } from '../../client/join-status.ts';
import { formatStatus } from '../format/format-status.ts';
import { toStatusChangeLines } from '../format/status-change-lines.ts';
import type { Output } from '../output.ts';

export interface Following {
  /** The last status read; absent when none could be read. */
  readonly status?: JoinedStatus;
  /** False when the signal aborted first. */
  readonly settled: boolean;
}

/** Shows the progress of a decommission until it is settled or the signal aborts. */
export const followDecommission = async (
  handle: DecommissionHandle,
  output: Output,
  signal: AbortSignal,
): Promise<Following> => {
  const view = createView(output);
  const troubles = {
    onTrouble: (error: Error): void => {
      view.trouble(error.message);
    },
    signal,
  };
  let last: JoinedStatus | undefined;
  try {
    for await (const status of handle.progress({ intervalMilliseconds: 1000, ...troubles })) {
      view.show(status);
      last = status;
      if (isSettled(status)) {
        view.settle();
        return { status, settled: true };
      }
    }
    return last === undefined ? { settled: false } : { status: last, settled: false };
  } finally {
    view.end();
  }
};

const createView = (output: Output): StatusView => {
  if (output.isStream) return createEventView(output);
  return output.progressStream.isTTY === true ? createLiveView(output) : createLineView(output);
};

interface StatusView {
  show(status: JoinedStatus): void;
  trouble(message: string): void;
  /** Clears the live view: the report is printed next. */
  settle(): void;
  end(): void;
}

/** Repainted in place, never taller than the terminal: a taller view scrolls and leaves old lines behind. */
const createLiveView = ({ progressStream, paint }: Output): StatusView => {
  const repaint = createLogUpdate(progressStream);
  let last: JoinedStatus | undefined;
  const show = (status: JoinedStatus, trouble?: string): void => {
    const rows = (progressStream.rows ?? 24) - (trouble === undefined ? 2 : 3);
    const view = formatStatus(status, {
      now: new Date().toISOString(),
      rows,
      columns: progressStream.columns ?? 80,
      paint,
    });
    repaint(trouble === undefined ? view : `${view}\n${paint.careful(trouble)}`);
  };
  return {
    show: (status) => {
      last = status;
      show(status);
    },
    trouble: (message) => {
      if (last === undefined) repaint(paint.careful(message));
      else show(last, message);
    },
    settle: () => {
      repaint.clear();
    },
    end: () => {
      repaint.done();
    },
  };
};

/** Each status that differs from the one before is an event; troubles are notes. */
const createEventView = (output: Output): StatusView => {
  let last = '';
  let lastTrouble: string | undefined;
  return {
    show: (status) => {
      const text = JSON.stringify(status);
      if (text !== last) output.result({ version: 1, type: 'status', status }, () => '');
      last = text;
      lastTrouble = undefined;
    },
    trouble: (message) => {
      if (message !== lastTrouble) output.note(message);
      lastTrouble = message;
    },
    settle: () => undefined,
    end: () => undefined,
  };
};

const createLineView = ({ progressStream }: Output): StatusView => {
  let last: JoinedStatus | undefined;
  let lastTrouble: string | undefined;
  const write = (line: string): void => {
    progressStream.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
  };
  return {
    show: (status) => {
      toStatusChangeLines(last, status, new Date().toISOString()).forEach(write);
      last = status;
      lastTrouble = undefined;
    },
    trouble: (message) => {
      if (message !== lastTrouble) write(message);
      lastTrouble = message;
    },
    settle: () => undefined,
    end: () => undefined,
  };
};
