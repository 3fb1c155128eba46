import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

const REPOSITORY = join(import.meta.dirname, '../..');

/** The part of a service in docker-compose.yml that applies without a container. */
export interface ComposeService {
  readonly environment: Readonly<Record<string, string>>;
  /** Empty when the image's own is used. */
  readonly command: readonly string[];
}

/** The folder with the scripts and settings that docker-compose.yml mounts. */
export const COMPOSE_DIRECTORY = join(REPOSITORY, 'deploy/compose');

/**
 * Reads a service of docker-compose.yml, so that native processes have exactly the settings of the containers.
 * @throws Error when the service does not exist.
 */
export const readComposeService = (name: string): ComposeService => {
  const file = parse(readFileSync(join(REPOSITORY, 'docker-compose.yml'), 'utf8')) as {
    readonly services: Readonly<Record<string, Partial<ComposeService>>>;
  };
  const service = file.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service "${name}".`);
  return { environment: service.environment ?? {}, command: service.command ?? [] };
};
