import { basename } from 'node:path';
import { COMPLETE, runCli } from './main.ts';

/** Runs the command line of this process and ends it with the command's exit status. */
export const runInProcess = async (source: NodeJS.Process): Promise<void> => {
  const status = await runCli(toWords(source.argv), {
    environment: source.env,
    stdout: source.stdout,
    stderr: source.stderr,
    stdin: source.stdin,
    interruption: createInterruption(source, () => {
      if (source.stderr.isTTY) source.stderr.write('\nStopping gracefully. Interrupt again to exit immediately.\n');
    }),
    programName: toProgramName(source.argv[1]),
  });
  await Promise.all([source.stdout, source.stderr].map(flush));
  // Connections of the Temporal SDK may keep the process alive after everything is closed.
  source.exit(status);
};

/** kubectl runs `kubectl_complete-decommission` for the words that may come next. */
export const toWords = ([, script, ...words]: readonly string[]): readonly string[] =>
  basename(script ?? '').startsWith('kubectl_complete-') ? [COMPLETE, ...words] : words;

/** kubectl runs `kubectl-decommission` for `kubectl decommission`; the help text shows the latter. */
export const toProgramName = (script: string | undefined): string =>
  basename(script ?? '').startsWith('kubectl-') ? 'kubectl decommission' : 'node-decommission';

/** Writes to a pipe are asynchronous: `exit` would drop the rest of a long JSON. */
const flush = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });

/**
 * Aborts on the first SIGINT or SIGTERM, so that the command can shut down gracefully; a second one exits immediately with status 130.
 * Installs signal handlers on the process.
 */
const createInterruption = (source: NodeJS.Process, onFirst: () => void): AbortSignal => {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) source.exit(130);
    controller.abort();
    onFirst();
  };
  source.on('SIGINT', interrupt);
  source.on('SIGTERM', interrupt);
  return controller.signal;
};
