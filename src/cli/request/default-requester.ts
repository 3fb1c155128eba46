import { userInfo } from 'node:os';

/** The name of the operating system's user; `unknown` where it has none, as in some containers. */
export const readDefaultRequester = (environment: NodeJS.ProcessEnv): string => {
  try {
    return userInfo().username;
  } catch {
    // libuv throws for a numeric user without an entry in the password file.
    return environment['USER'] ?? 'unknown';
  }
};
