import { homedir } from 'node:os';
import { readConfigurationFile } from './read-configuration-file.ts';
import { toPathResolver } from './resolve-path.ts';

/**
 * The folder in which workers store reports, from the file that NODE_DECOMMISSION_CONFIG names; undefined without one. Needs no cluster.
 * @throws ConfigurationError the file cannot be used.
 */
export const readReportsDirectory = (
  environment: Readonly<Record<string, string | undefined>>,
  home = homedir(),
): string | undefined => {
  const path = environment['NODE_DECOMMISSION_CONFIG'] ?? '';
  const directory = path === '' ? undefined : readConfigurationFile(path).reports?.directory;
  return directory === undefined ? undefined : toPathResolver(path, home)(directory);
};
