import { z } from 'zod';
import { configurationSchema } from './configuration-schema.ts';

/**
 * JSON Schema of the configuration file, made from the definition that validates it. Conditions that concern several settings, e.g. either
 * `kubeconfig` or `inCluster`, are checked by the program only.
 */
export const toConfigurationSchema = (): Readonly<Record<string, unknown>> => ({
  title: 'A configuration of node-decommission',
  description: 'The file that NODE_DECOMMISSION_CONFIG names. Times are in seconds.',
  ...z.toJSONSchema(configurationSchema, { io: 'input' }),
});
