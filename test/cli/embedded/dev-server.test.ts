import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOrAdoptServer, stopServer } from '../../../src/cli/embedded/dev-server.ts';
import { readProcessIdentity } from '../../../src/cli/embedded/process-identity.ts';
import { readServerRecord, writeServerRecord } from '../../../src/cli/embedded/server-record.ts';
import { toStateDirectory, type StateDirectory } from '../../../src/cli/embedded/state-directory.ts';

/** Replaces `temporal`: listens on the given port. */
const LISTENING = `#!${process.execPath}
const port = process.argv[process.argv.indexOf('--port') + 1];
require('node:net').createServer().listen(Number(port), '127.0.0.1');
`;
const FAILING = `#!${process.execPath}\nconsole.error('no such database'); process.exit(1);\n`;

let state: StateDirectory;
let program: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'node-decommission-server-'));
  state = toStateDirectory({ NODE_DECOMMISSION_STATE: folder });
  program = join(folder, 'temporal');
});

afterEach(async () => {
  for (const pid of await readPids()) {
    const left = await readProcessIdentity(pid);
    if (left !== undefined) await stopServer(left);
  }
  await rm(state.path, { recursive: true });
});

const useProgram = async (text: string): Promise<() => Promise<string>> => {
  await writeFile(program, text, { mode: 0o755 });
  return () => Promise.resolve(program);
};

/** Of the running programs. */
const readPids = async (): Promise<readonly number[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args='], { maxBuffer: 2 ** 28 });
  const lines = stdout.split('\n').filter((line) => line.includes(`${program} server start-dev`));
  return lines.map((line) => Number.parseInt(line, 10));
};

describe('startOrAdoptServer', () => {
  it('starts a server, records it, and adopts it while it is alive', async () => {
    const readProgramPath = await useProgram(LISTENING);
    const first = await startOrAdoptServer(state, readProgramPath);
    expect(first.adopted).toBe(false);
    expect(await readServerRecord(state.serverFile)).toEqual(first.server);
    expect(await startOrAdoptServer(state, readProgramPath)).toEqual({ server: first.server, adopted: true });

    await stopServer(first.server);
    const second = await startOrAdoptServer(state, readProgramPath);
    expect(second.adopted).toBe(false);
    expect(await readPids()).toEqual([second.server.pid]);
  });

  it('stops a recorded server that is alive and does not respond: two servers on one database would break it', async () => {
    const readProgramPath = await useProgram(LISTENING);
    const { server } = await startOrAdoptServer(state, readProgramPath);
    await writeServerRecord(state.serverFile, { ...server, port: 1 });

    const second = await startOrAdoptServer(state, readProgramPath);
    expect(second.adopted).toBe(false);
    expect(await readPids()).toEqual([second.server.pid]);
  });

  it('leaves no server behind that it cannot record', async () => {
    const readProgramPath = await useProgram(LISTENING);
    const unwritable = { ...state, serverFile: join(state.path, 'missing', 'server.json') };

    await expect(startOrAdoptServer(unwritable, readProgramPath)).rejects.toMatchObject({ code: 'TemporalNotStarted' });
    expect(await readPids()).toEqual([]);
  });

  it('starts the server again on other ports when it ends during its start, for example because its port was taken', async () => {
    const marker = join(state.path, 'started-once');
    const readProgramPath = await useProgram(
      LISTENING.replace(
        '\n',
        `\nif (!require('node:fs').existsSync('${marker}')) {
  require('node:fs').writeFileSync('${marker}', process.argv[process.argv.indexOf('--port') + 1]);
  process.exit(1);
}\n`,
      ),
    );
    const { server } = await startOrAdoptServer(state, readProgramPath);
    expect(await readFile(marker, 'utf8')).not.toBe(String(server.port));
    expect(await readServerRecord(state.serverFile)).toEqual(server);
    expect(await readPids()).toEqual([server.pid]);
  });

  it('names the log file and its last line when the server ends during its start', async () => {
    await expect(startOrAdoptServer(state, await useProgram(FAILING))).rejects.toMatchObject({
      code: 'TemporalNotStarted',
      message: `the Temporal dev server could not be started (it ended while starting: no such database); see ${state.serverLogFile}.`,
    });
    expect(await readFile(state.serverLogFile, 'utf8')).toContain('no such database');
  });
});
