import type { V1Container, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { CreationAnswer, Replacement } from '../domain/preflight/creation-trial.ts';
import type { ApiClient } from './transport/api-client.ts';
import { toPath } from './transport/api-client.ts';
import { tryCreation } from './creation-answer.ts';
import type { Wire } from './transport/wire.ts';
import { toTemplatePath } from './workload-reader.ts';

type PodTemplate = Wire<V1PodTemplateSpec>;

/**
 * Creates the pod as a server-side dry run, as its controller would: from the template, without a node. The API server runs admission
 * plugins, webhooks and quotas, and stores nothing. Never throws: what cannot be tried is `unknown`.
 */
export const tryReplacement = async (client: ApiClient, replacement: Replacement): Promise<CreationAnswer> => {
  const { namespace, name } = replacement.pod;
  const path = toPath('api', 'v1', 'namespaces', namespace, 'pods');
  const purpose = `try a replacement of pod "${namespace}/${name}"`;
  return await tryCreation(client, { path, purpose }, async (create) => {
    const template = await readTemplate(client, replacement);
    if (template?.spec === undefined) return { kind: 'unknown', message: 'its pod template is gone' };
    return await create(toPodBody(replacement, template));
  });
};

const readTemplate = async (
  client: ApiClient,
  { pod: { namespace, name }, template }: Replacement,
): Promise<PodTemplate | undefined> => {
  const path = template === undefined ? undefined : toTemplatePath(namespace, template);
  if (template === undefined || path === undefined) {
    const podPath = toPath('api', 'v1', 'namespaces', namespace, 'pods', name);
    const pod = await client.read<Wire<V1Pod>>(podPath, `read pod "${namespace}/${name}"`);
    return pod === undefined ? undefined : toOwnTemplate(pod);
  }
  const purpose = `read ${template.kind} "${namespace}/${template.name}"`;
  const workload = await client.read<{ readonly spec?: { readonly template?: PodTemplate } }>(path, purpose);
  return workload?.spec?.template;
};

/** Without what the API server, the scheduler and admission add, and would refuse or add again. */
const toOwnTemplate = ({ metadata, spec }: Wire<V1Pod>): PodTemplate => {
  if (spec === undefined) return {};
  const { nodeName: _node, ephemeralContainers: _ephemeral, ...rest } = spec;
  const tokens = (spec.volumes ?? []).map(({ name }) => name).filter((name) => name.startsWith(TOKEN_VOLUME));
  const withoutTokens = (container: Wire<V1Container>): Wire<V1Container> => ({
    ...container,
    volumeMounts: (container.volumeMounts ?? []).filter(({ name }) => !tokens.includes(name)),
  });
  return {
    metadata: { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} },
    spec: {
      ...rest,
      volumes: (spec.volumes ?? []).filter(({ name }) => !tokens.includes(name)),
      containers: spec.containers.map(withoutTokens),
      initContainers: (spec.initContainers ?? []).map(withoutTokens),
    },
  };
};

/** Prefix of the volume with the service account's token (k/k `plugin/pkg/admission/serviceaccount`). */
const TOKEN_VOLUME = 'kube-api-access-';

/** A generated name, so that no pod has it. `blockOwnerDeletion` is left out: some clusters require a permission for it. */
const toPodBody = ({ pod: { namespace }, controller }: Replacement, { metadata, spec }: PodTemplate): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    namespace,
    generateName: `${controller.name}-`,
    labels: metadata?.labels ?? {},
    annotations: metadata?.annotations ?? {},
    ownerReferences: [{ ...controller, controller: true }],
  },
  ...(spec === undefined ? {} : { spec }),
});
