import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { WindowState } from './judge-windows.ts';
import { toRfc3339 } from './moment.ts';

/** Of a window that is closed, without a full stop, e.g. `no window is open until 2026-01-02T22:00:00.000Z`. Pure. */
export const describeClosedWindow = ({ changesAt }: WindowState): string =>
  changesAt === undefined ? 'the windows are being checked' : `no window is open until ${toRfc3339(changesAt)}`;

/** For the status of a task while none is open. Pure. */
export const describeClosedTask = (window: WindowState, onWindowClose: DecommissionRequest['onWindowClose']): string =>
  onWindowClose === 'pause'
    ? `${toSentenceStart(window)}: no node starts, and no other eviction is sent.`
    : `${toSentenceStart(window)}: no node starts; nodes that run finish.`;

/** For the status of a node whose evictions wait. Pure. */
export const describeClosedNode = (window: WindowState): string =>
  `${toSentenceStart(window)}: no other eviction is sent before.`;

const toSentenceStart = (window: WindowState): string => {
  const text = describeClosedWindow(window);
  return text.charAt(0).toUpperCase() + text.slice(1);
};
