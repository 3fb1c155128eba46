import { readFileSync } from 'node:fs';

/** The version of this package, from its own package.json: two folders up, both in a checkout and in an installed package. */
export const PACKAGE_VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version;
