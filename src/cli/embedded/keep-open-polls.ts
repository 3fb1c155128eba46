/** The native part of Temporal's SDK reads it when a worker is created. */
const VARIABLE = 'TEMPORAL_POLL_SHUTDOWN_INTERRUPT_WAIT_MS';
/** Several times the pause after which an activity that was handed over is sent again: by then each open poll has received one, or none comes. */
const WAIT_MILLISECONDS = 3000;

/**
 * Lets the polls that are open when a worker shuts down receive tasks for three more seconds, which are then handed over. By default they are
 * dropped at once: a task that the server sends at that moment is lost until its heartbeat timeout. No effect with servers that end
 * the polls of such a worker themselves (`frontend.enableCancelWorkerPollsOnShutdown`, off by default in Temporal 1.31).
 *
 * Call it before a worker is created. Sets a variable of the environment, unless it is set.
 */
export const keepOpenPolls = (environment: NodeJS.ProcessEnv): void => {
  environment[VARIABLE] ??= String(WAIT_MILLISECONDS);
};
