import { randomInt } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { isErrorWithCode } from './process-group.ts';
import type { RunDirectory } from './run-directory.ts';

/** Below Linux's range for outgoing connections (32768 and up), which could use a port before its server does. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

/** The folder with one file per reserved port; its content is the id of the run that holds it. */
export const toPortsDirectory = (baseDirectory: string): string => join(baseDirectory, 'ports');

/**
 * Reserves `count` ports of 127.0.0.1 on which nothing listens and that no other run has reserved.
 * They stay reserved, also while their server restarts, until `releasePorts` or a sweep.
 */
export const reservePorts = async (run: RunDirectory, count: number): Promise<number[]> => {
  mkdirSync(toPortsDirectory(run.baseDirectory), { recursive: true });
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (!reserve(run, port)) continue;
    if (await isFree(port)) ports.push(port);
    else releasePorts(run, [port]);
  }
  return ports;
};

/** Makes ports available to other runs. */
export const releasePorts = (run: RunDirectory, ports: readonly number[]): void => {
  for (const port of ports) rmSync(join(toPortsDirectory(run.baseDirectory), String(port)), { force: true });
};

const reserve = (run: RunDirectory, port: number): boolean => {
  try {
    writeFileSync(join(toPortsDirectory(run.baseDirectory), String(port)), run.runId, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return false;
    throw error;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
