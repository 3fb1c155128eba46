import pino, { type DestinationStream, type Logger } from 'pino';

/** JSON lines; an error of Temporal's log calls is under `error`, where pino would write an empty object. */
export const createWorkerLogger = (destination: DestinationStream, level = 'info'): Logger =>
  pino({ level, serializers: { error: toLoggedError } }, destination);

/** Only these: further properties of a client library's error may contain headers and bodies. */
const toLoggedError = (error: unknown): unknown =>
  error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : error;
