/* What `config.js` of the Kubernetes client uses of its generated code, in place of all of it: see `skipGeneratedModels`. */
export { createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js';
export { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js';
