import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { awaitCondition } from '../../../../stack/processes/await-condition.ts';
import type { Stack } from '../../../../stack/stack.ts';
import { describeWhereHosted } from '../describe-where-hosted.ts';
import { openDevTools } from './dev-tools.ts';
import { createPage, type Page, type Viewport } from './page.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const findBrowser = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** `describe` for suites that need Chromium. */
export const describeWithBrowser = (name: string, define: () => void): void => {
  const obstacle = findBrowser() === undefined ? `None of ${NAMES.join(', ')} is on PATH.` : undefined;
  describeWhereHosted('Chromium', obstacle, name, define);
};

/** A headless Chromium with one page, which ends with the stack. */
export const openBrowser = async (stack: Stack, { width, height }: Viewport): Promise<Page> => {
  const profile = join(stack.directory, 'browser');
  mkdirSync(profile);
  const browser = stack.startProgram({
    name: 'browser',
    command: findBrowser() ?? '',
    arguments: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      `--window-size=${width},${height}`,
      'about:blank',
    ],
    environment: { HOME: profile, PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
  });
  const port = await awaitCondition('the browser accepts connections', () => {
    browser.checkRunning();
    return readPort(join(profile, 'DevToolsActivePort'));
  });
  const response = await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: 'PUT' });
  const { webSocketDebuggerUrl } = (await response.json()) as { readonly webSocketDebuggerUrl: string };
  return await createPage(await openDevTools(webSocketDebuggerUrl), { width, height });
};

/** Its first line is the port. */
const readPort = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').split('\n')[0];
  } catch {
    // Written once the browser listens.
    return undefined;
  }
};
