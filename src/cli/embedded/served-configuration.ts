import type { Configuration } from '../../config/configuration.ts';
import type { TemporalPlace } from '../connect-temporal.ts';

/**
 * The configuration of a worker that `run` starts. On its own server it is the only worker, and unversioned: a version, which an operator
 * would have to make current there, would only keep work from it. Pure.
 */
export const toServedConfiguration = (
  configuration: Configuration,
  { source }: Pick<TemporalPlace, 'source'>,
): Configuration => {
  if (source !== 'embedded') return configuration;
  const { deployment: _version, ...unversioned } = configuration;
  return unversioned;
};
