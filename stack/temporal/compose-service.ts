import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

const REPOSITORY = join(import.meta.dirname, '../..');

/** What docker-compose.yml says of a service, as far as it can be done without a container. */
export interface ComposeService {
  readonly environment: Readonly<Record<string, string>>;
  /** Empty when the image's own is used. */
  readonly command: readonly string[];
}

/** The folder with the scripts and settings that docker-compose.yml mounts. */
export const COMPOSE_DIRECTORY = join(REPOSITORY, 'deploy/compose');

/**
 * Reads a service of docker-compose.yml, so that what runs natively is set up by the very words that set up the containers.
 * @throws Error when there is no such service
 */
export const readComposeService = (name: string): ComposeService => {
  const file = parse(readFileSync(join(REPOSITORY, 'docker-compose.yml'), 'utf8')) as {
    readonly services: Readonly<Record<string, Partial<ComposeService>>>;
  };
  const service = file.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service "${name}".`);
  return { environment: service.environment ?? {}, command: service.command ?? [] };
};
