import { dirname, resolve } from 'node:path';

/** Makes paths of a configuration file absolute: relative to the file's folder, with `~` for `home`. */
export const toPathResolver =
  (configurationPath: string, home: string) =>
  (written: string): string =>
    resolve(dirname(resolve(configurationPath)), written.replace(/^~(?=\/|$)/, home));
