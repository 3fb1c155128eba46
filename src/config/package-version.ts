import { readFileSync } from 'node:fs';

/** The version of this package, from its own package.json: two folders up in a checkout and in a package alike. */
export const PACKAGE_VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version;
