import { awaitCondition } from '../../../../stack/processes/await-condition.ts';
import type { DevTools } from './dev-tools.ts';

/** In CSS pixels. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
}

type Point = Pick<Clip, 'x' | 'y'>;

/** Part of a page. */
export interface Clip extends Viewport {
  readonly x: number;
  readonly y: number;
}

/** One page of a browser, used as an operator uses it: found by what is visible, clicked and typed into. */
export interface Page {
  goto(url: string): Promise<void>;
  /** The value of a JavaScript expression in the page, as JSON. */
  evaluate<Result>(expression: string): Promise<Result>;
  /** What is visible, also in its frames. */
  readText(): Promise<string>;
  /** Waits until this text is visible. */
  awaitText(text: string): Promise<void>;
  /** Whether such an element can be clicked within some seconds. */
  appears(selector: string, text?: string): Promise<boolean>;
  /** Waits for an element of this selector, visible and with this text, and clicks into its middle. */
  click(selector: string, text?: string): Promise<void>;
  /** Clicks into an element of this selector and types. */
  type(selector: string, text: string): Promise<void>;
  /** Takes the focus from the field with the cursor. */
  leaveField(): Promise<void>;
  /** A shortcut of the page. */
  press(letter: string): Promise<void>;
  /** Where the element of this selector is. */
  measure(selector: string): Promise<Clip>;
  /** PNG of a part; `scale`: of its pixels. */
  capture(clip: Clip, scale: number): Promise<Buffer>;
  close(): void;
}

/**
 * In the page: the middle of the visible element with this text, scrolled into view; null while there is none, while it moves, and while another
 * one covers it.
 */
const FIND = `async (selector, text) => {
  const visible = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility() && each.getClientRects().length > 0);
  const found = visible.find((each) => text === '' || each.textContent.trim() === text) ?? visible.find((each) => each.textContent.includes(text));
  if (!found) return null;
  found.scrollIntoView({ block: 'nearest' });
  const before = found.getBoundingClientRect();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { x, y, width, height } = found.getBoundingClientRect();
  if (!found.isConnected || x !== before.x || y !== before.y || height !== before.height) return null;
  const point = { x: x + width / 2, y: y + height / 2 };
  const top = document.elementFromPoint(point.x, point.y);
  return top !== null && (found.contains(top) || top.contains(found)) ? point : null;
}`;

/** Each takes a fifth of a second while the element moves. */
const MAX_READS = 20;

const TEXT = `[document, ...[...document.querySelectorAll('iframe')].map(({ contentDocument }) => contentDocument)]
  .map((each) => each?.body?.innerText ?? '')
  .join('\\n')`;

export const createPage = async (tools: DevTools, { width, height }: Viewport): Promise<Page> => {
  await tools.send('Page.enable');
  await tools.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });

  const evaluate = async <Result>(expression: string): Promise<Result> => {
    const { result, exceptionDetails } = await tools.send<{
      readonly result: { readonly value: Result };
      readonly exceptionDetails?: { readonly text: string };
    }>('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${exceptionDetails.text} in ${expression}`);
    return result.value;
  };

  const readText = async (): Promise<string> => await evaluate<string>(TEXT);

  const awaitText = async (text: string): Promise<void> => {
    await awaitCondition(`the page shows "${text}"`, async () => (await readText()).includes(text));
  };

  const find = async (selector: string, text: string): Promise<Point | null> =>
    await evaluate<Point | null>(`(${FIND})(${JSON.stringify(selector)}, ${JSON.stringify(text)})`);

  const click = async (selector: string, text = ''): Promise<void> => {
    const point = await awaitCondition(
      `the page has ${selector} "${text}"`,
      async () => (await find(selector, text)) ?? undefined,
    );
    for (const type of ['mouseMoved', 'mousePressed', 'mouseReleased'])
      await tools.send('Input.dispatchMouseEvent', { type, ...point, button: 'left', clickCount: 1 });
  };

  return {
    goto: async (url) => {
      await tools.send('Page.navigate', { url });
    },
    evaluate,
    readText,
    awaitText,
    appears: async (selector, text = '') => {
      for (let reads = 0; reads < MAX_READS; reads += 1) if ((await find(selector, text)) !== null) return true;
      return false;
    },
    click,
    type: async (selector, text) => {
      await click(selector);
      await tools.send('Input.insertText', { text });
    },
    leaveField: async () => {
      await evaluate('document.activeElement.blur()');
    },
    press: async (letter) => {
      for (const type of ['keyDown', 'keyUp'])
        await tools.send('Input.dispatchKeyEvent', {
          type,
          key: letter,
          ...(type === 'keyDown' ? { text: letter } : {}),
        });
    },
    measure: async (selector) =>
      await evaluate<Clip>(
        `(({ x, y, width, height }) => ({ x, y, width, height }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
      ),
    capture: async (clip, scale) => {
      const parameters = { format: 'png', clip: { ...clip, scale } };
      const { data } = await tools.send<{ readonly data: string }>('Page.captureScreenshot', parameters);
      return Buffer.from(data, 'base64');
    },
    close: () => {
      tools.close();
    },
  };
};
