const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `action` when this process ends: on exit, and on SIGINT, SIGTERM and SIGHUP.
 * After a signal the process ends by that signal, unless it has another listener: then that listener decides.
 * @param action synchronous; it may be called more than once
 * @returns a function that unregisters the action
 */
export const onOwnerExit = (action: () => void): (() => void) => {
  const unregister = (): void => {
    process.off('exit', action);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
  const listeners = SIGNALS.map(
    (signal) =>
      [
        signal,
        () => {
          action();
          unregister();
          if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
        },
      ] as const,
  );
  process.on('exit', action);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return unregister;
};
