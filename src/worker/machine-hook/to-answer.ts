import { toVisibleText } from '../../domain/text/visible-text.ts';

/** Of what a hook prints, in bytes. */
export const MAX_OUTPUT_BYTES = 16_384;

/** Shorter values occur in ordinary words. */
const LEAST_SECRET_LENGTH = 6;
const HIDDEN = '***';

/**
 * What a hook printed, in one line of at most `maximumLength` characters, without the secrets that it was given: reports and histories have
 * it. Of a secret with a scheme (`Bearer …`), each word counts. Pure.
 */
export const toAnswer = (output: string, secrets: readonly string[], maximumLength: number): string => {
  const words = secrets
    .flatMap((secret) => [secret, ...secret.split(/\s+/)])
    .filter((word) => word.length >= LEAST_SECRET_LENGTH)
    .toSorted((one, other) => other.length - one.length);
  const shown = words.reduce((text, word) => text.replaceAll(word, HIDDEN), output);
  return toVisibleText(shown.replace(/\s+/g, ' ').trim(), maximumLength);
};
