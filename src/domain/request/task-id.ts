import { toStableHash } from '../text/stable-hash.ts';

const MAXIMUM_LENGTH = 40;
const HASH_LENGTH = 16;

/** Becomes the end of the annotation key `NodeDrainTask<ID>`, which must end with a letter or digit. */
const USABLE = /^[A-Za-z0-9._-]{0,39}[A-Za-z0-9]$/;

/**
 * The id of a task whose request has none: a hash of the cluster's name and the nodes in any order, so that the same command finds
 * its drain again.
 */
export const toDefaultTaskId = (cluster: string, nodeNames: readonly string[]): string =>
  toStableHash(JSON.stringify([cluster, ...[...nodeNames].sort()]));

/**
 * `text` unchanged when it can end an annotation key: letters, digits, `-`, `_`, `.`, at most 40, the last one a letter or digit.
 * Anything else becomes a readable slug plus a hash of the whole text, at most 40 characters together.
 */
export const toTaskId = (text: string): string => {
  if (USABLE.test(text)) {
    return text;
  }
  const slug = text
    .slice(0, MAXIMUM_LENGTH)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, MAXIMUM_LENGTH - HASH_LENGTH - 1)
    .replace(/[._-]+$/, '');
  return slug === '' ? toStableHash(text) : `${slug}-${toStableHash(text)}`;
};
