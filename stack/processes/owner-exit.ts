const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `action` when this process ends: on exit, and on SIGINT, SIGTERM and SIGHUP.
 * After a signal the process ends by that signal, unless somebody else listens to it too: then they decide.
 * @param action synchronous; it may be called more than once
 * @returns a function that takes this back
 */
export const onOwnerExit = (action: () => void): (() => void) => {
  const withdraw = (): void => {
    process.off('exit', action);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
  const listeners = SIGNALS.map(
    (signal) =>
      [
        signal,
        () => {
          action();
          withdraw();
          if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
        },
      ] as const,
  );
  process.on('exit', action);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return withdraw;
};
