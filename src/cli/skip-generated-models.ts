import { registerHooks } from 'node:module';

const IMPORTER = '/@kubernetes/client-node/dist/config.js';
const GENERATED = './gen/index.js';
/** Sources end in `.ts` in a checkout and in `.js` in a package. */
const PARTS = new URL(
  `../kube/transport/generated-parts${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
).href;

/**
 * From now on this process does not load the 900 generated models and APIs of the Kubernetes client (2.0.1), of which this project uses none: they
 * take a fifth of a second and 50 MB. The client's own `config.js` imports all of them for two functions. Call it before anything imports the
 * client. Only for processes of our own: what a service imports itself stays as it is.
 */
export const skipGeneratedModels = (): void => {
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === GENERATED && context.parentURL?.endsWith(IMPORTER) === true
        ? nextResolve(PARTS, context)
        : nextResolve(specifier, context),
  });
};
