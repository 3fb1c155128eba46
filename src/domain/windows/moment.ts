/* oxlint-disable no-restricted-globals -- converts given moments; reads no clock */

/** For the library of schedules. `at`: milliseconds since the epoch. */
export const toDate = (at: number): Date => new Date(at);

/** `at`: milliseconds since the epoch. */
export const toRfc3339 = (at: number): string => new Date(at).toISOString();
