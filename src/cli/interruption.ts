/**
 * Aborts at the first SIGINT or SIGTERM, so that the command can end in order; a second one ends the process at once with status 130.
 * Changes the process: its signal handlers.
 */
export const createInterruption = (source: NodeJS.Process, onFirst: () => void): AbortSignal => {
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
