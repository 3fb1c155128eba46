/**
 * Aborts on the first SIGINT or SIGTERM, so that the command can shut down gracefully; a second one exits immediately with status 130.
 * Installs signal handlers on the process.
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
