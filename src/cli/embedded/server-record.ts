import { readFile, rename, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { isProcessAlive, type ProcessIdentity } from './process-identity.ts';

/** The dev server of a state directory, recorded on disk so that the next process can find it. */
export interface ServerRecord extends ProcessIdentity {
  readonly host: string;
  readonly port: number;
  readonly uiPort: number;
  readonly program: string;
}

export const toServerAddress = ({ host, port }: ServerRecord): string => `${host}:${port}`;
export const toUiAddress = ({ host, uiPort }: ServerRecord): string => `http://${host}:${uiPort}`;

/** The recorded server, dead or alive; undefined when none was recorded. */
export const readServerRecord = async (serverFile: string): Promise<ServerRecord | undefined> => {
  try {
    const value = JSON.parse(await readFile(serverFile, 'utf8')) as Partial<ServerRecord>;
    return isComplete(value) ? value : undefined;
  } catch {
    return undefined; // Missing, or incomplete after a crash: it names no server.
  }
};

const isComplete = (value: Partial<ServerRecord>): value is ServerRecord =>
  typeof value.pid === 'number' &&
  typeof value.startedAt === 'string' &&
  typeof value.host === 'string' &&
  typeof value.port === 'number' &&
  typeof value.uiPort === 'number';

/** Writes a temporary file and renames it, so that no reader gets an incomplete record. */
export const writeServerRecord = async (serverFile: string, record: ServerRecord): Promise<void> => {
  const draft = `${serverFile}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record)}\n`);
  await rename(draft, serverFile);
};

/** The recorded server if its process is alive and its port accepts connections. */
export const readLiveServer = async (serverFile: string): Promise<ServerRecord | undefined> => {
  const record = await readServerRecord(serverFile);
  if (record === undefined || !(await isProcessAlive(record))) return undefined;
  return (await isPortAnswering(record.host, record.port)) ? record : undefined;
};

/** True when the port accepts a connection within two seconds. */
export const isPortAnswering = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, end(false));
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
