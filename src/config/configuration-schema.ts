import { z } from 'zod';
import { hostsSchema, toKnownHostsKeys } from './hosts-schema.ts';
import { machineHookSchema } from './machine-hook-schema.ts';

const seconds = (least: number, most: number, fallback: number): z.ZodDefault<z.ZodNumber> =>
  z.number().min(least).max(most).default(fallback);

const count = (least: number, most: number, fallback: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(least).max(most).default(fallback);

const waitsSchema = z.strictObject({
  settleSeconds: seconds(0, 600, 5),
  emptyTwiceSeconds: seconds(0, 600, 5),
  staysGoneSeconds: seconds(0, 3600, 60),
  detachSeconds: seconds(0, 86_400, 600),
  budgetObservedSeconds: seconds(0, 240, 60),
  hostPatienceSeconds: seconds(0, 604_800, 3600),
});

const limitsSchema = z.strictObject({
  maxConcurrentEvictions: count(1, 500, 50),
  activitySlots: count(10, 20_000, 2000),
  requestTimeoutSeconds: seconds(1, 600, 30),
});

const clusterSchema = z
  .strictObject({
    kubeconfig: z.string().min(1).optional(),
    context: z.string().min(1).optional(),
    inCluster: z.boolean().optional(),
    maxConcurrentNodes: z.int().min(1).max(100_000).optional(),
  })
  .superRefine((cluster, refinement) => {
    if ((cluster.kubeconfig !== undefined) === (cluster.inCluster === true)) {
      refinement.addIssue({
        code: 'custom',
        message: 'must have either `kubeconfig: <path>` or `inCluster: true`',
      });
    }
    if (cluster.context !== undefined && cluster.kubeconfig === undefined) {
      refinement.addIssue({
        code: 'custom',
        message: 'sets `context`, which is valid only together with `kubeconfig`',
      });
    }
  });

const reportsSchema = z.strictObject({ directory: z.string().min(1) });

/** What Temporal accepts, without the characters that a shell interprets: the names are part of commands for operators. */
export const DEPLOYMENT_NAME = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_/@+=-]{0,199}$/,
  rule: 'must be 1 to 200 letters, digits, "-", "_", "/", "@", "+" and "=", starting with a letter or digit',
} as const;
export const BUILD_ID = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.:/@+=-]{0,199}$/,
  rule: 'must be 1 to 200 letters, digits, "-", "_", ".", ":", "/", "@", "+" and "=", starting with a letter or digit',
} as const;

/** Both are optional here: either may come from the environment. */
const deploymentSchema = z.strictObject({
  name: z.string().regex(DEPLOYMENT_NAME.pattern, { error: DEPLOYMENT_NAME.rule }).optional(),
  buildId: z.string().regex(BUILD_ID.pattern, { error: BUILD_ID.rule }).optional(),
});

/** Same format as a request's `cluster`: the name becomes part of workflow ids, whose parts are separated by `/`. */
const clusterNameSchema = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]*$/);

/** The configuration file: ranges and defaults of every setting. Times are in seconds; fractions are allowed. */
export const configurationSchema = z.strictObject({
  clusters: z.record(clusterNameSchema, clusterSchema).default({}),
  waits: waitsSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  hosts: hostsSchema.optional(),
  reports: reportsSchema.optional(),
  endMachine: machineHookSchema.optional(),
  deployment: deploymentSchema.optional(),
});

export type ConfigurationFile = z.infer<typeof configurationSchema>;

/** Settings that are valid at a path of the file. */
export const toKnownKeys = (path: readonly PropertyKey[]): readonly string[] => {
  const [section, ...below] = path;
  switch (section) {
    case undefined:
      return Object.keys(configurationSchema.shape);
    case 'waits':
      return Object.keys(waitsSchema.shape);
    case 'limits':
      return Object.keys(limitsSchema.shape);
    case 'reports':
      return Object.keys(reportsSchema.shape);
    case 'endMachine':
      return Object.keys(machineHookSchema.shape);
    case 'deployment':
      return Object.keys(deploymentSchema.shape);
    case 'hosts':
      return toKnownHostsKeys(below);
    default:
      return Object.keys(clusterSchema.shape);
  }
};
