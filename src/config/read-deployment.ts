import type { Configuration } from './configuration.ts';
import { BUILD_ID, DEPLOYMENT_NAME, type ConfigurationFile } from './configuration-schema.ts';

/** As Temporal's Worker Controller sets them. */
const NAME_VARIABLE = 'TEMPORAL_DEPLOYMENT_NAME';
const BUILD_ID_VARIABLE = 'TEMPORAL_WORKER_BUILD_ID';

/**
 * The version of the worker. Each part is that of the environment, else that of the file: an image may have its build id in its environment.
 * Without any of them, workers are unversioned.
 */
export const readDeployment = (
  { deployment = {} }: Pick<ConfigurationFile, 'deployment'>,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly settings: Pick<Configuration, 'deployment'>; readonly problems: readonly string[] } => {
  const deploymentName = environment[NAME_VARIABLE] || deployment.name;
  const buildId = environment[BUILD_ID_VARIABLE] || deployment.buildId;
  const problems = [
    ...judge(NAME_VARIABLE, deploymentName, DEPLOYMENT_NAME),
    ...judge(BUILD_ID_VARIABLE, buildId, BUILD_ID),
    ...((deploymentName === undefined) === (buildId === undefined) ? [] : [HALF]),
  ];
  const isVersioned = deploymentName !== undefined && buildId !== undefined;
  return { settings: isVersioned ? { deployment: { deploymentName, buildId } } : {}, problems };
};

/** The file was judged when it was read. */
const judge = (
  variable: string,
  value: string | undefined,
  { pattern, rule }: { readonly pattern: RegExp; readonly rule: string },
): readonly string[] => (value === undefined || pattern.test(value) ? [] : [`${variable} ${rule}.`]);

const HALF =
  'The worker has only one of a deployment name and a build id, so Temporal cannot know its version; set both ' +
  `(\`deployment.name\` or ${NAME_VARIABLE}, and \`deployment.buildId\` or ${BUILD_ID_VARIABLE}), or neither.`;
