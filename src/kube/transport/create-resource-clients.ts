import type {
  V1Deployment,
  V1EndpointSlice,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1Service,
  V1VolumeAttachment,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type {
  AutoscalerFacts,
  DeploymentFacts,
  DisruptionBudgetFacts,
  EndpointFacts,
  NodeFacts,
  PodFacts,
  VolumeAttachmentFacts,
  VolumeClaimFacts,
  VolumeFacts,
} from '../../domain/cluster/facts.ts';
import type { ServiceFacts } from '../../domain/cluster/service.ts';
import type { ApiClient } from './api-client.ts';
import { ResourceClient } from './resource-client.ts';
import { toAutoscalerFacts } from '../facts/to-autoscaler-facts.ts';
import { toBudgetFacts } from '../facts/to-budget-facts.ts';
import { toDeploymentFacts } from '../facts/to-deployment-facts.ts';
import { toEndpointFacts } from '../facts/to-endpoint-facts.ts';
import { toNodeFacts } from '../facts/to-node-facts.ts';
import { toPodFacts } from '../facts/to-pod-facts.ts';
import { toServiceFacts } from '../facts/to-service-facts.ts';
import { toVolumeAttachmentFacts, toVolumeClaimFacts, toVolumeFacts } from '../facts/to-volume-facts.ts';
import type { Wire } from './wire.ts';

const CORE = ['api', 'v1'] as const;

/** The kinds that are read or written directly; workloads are found through their pods' owner references. */
export interface ResourceClients {
  readonly nodes: ResourceClient<Wire<V1Node>, NodeFacts>;
  readonly pods: ResourceClient<Wire<V1Pod>, PodFacts>;
  readonly budgets: ResourceClient<Wire<V1PodDisruptionBudget>, DisruptionBudgetFacts>;
  readonly services: ResourceClient<Wire<V1Service>, ServiceFacts>;
  readonly deployments: ResourceClient<Wire<V1Deployment>, DeploymentFacts>;
  readonly autoscalers: ResourceClient<Wire<V2HorizontalPodAutoscaler>, AutoscalerFacts>;
  readonly endpointSlices: ResourceClient<Wire<V1EndpointSlice>, readonly EndpointFacts[]>;
  readonly volumeClaims: ResourceClient<Wire<V1PersistentVolumeClaim>, VolumeClaimFacts>;
  readonly volumes: ResourceClient<Wire<V1PersistentVolume>, VolumeFacts>;
  readonly volumeAttachments: ResourceClient<Wire<V1VolumeAttachment>, VolumeAttachmentFacts>;
}

export const createResourceClients = (client: ApiClient): ResourceClients => ({
  nodes: new ResourceClient(client, { root: CORE, resource: 'nodes', title: 'node', toFacts: toNodeFacts }),
  pods: new ResourceClient(client, { root: CORE, resource: 'pods', title: 'pod', toFacts: toPodFacts }),
  budgets: new ResourceClient(client, {
    root: ['apis', 'policy', 'v1'],
    resource: 'poddisruptionbudgets',
    title: 'disruption budget',
    toFacts: toBudgetFacts,
  }),
  services: new ResourceClient(client, { root: CORE, resource: 'services', title: 'service', toFacts: toServiceFacts }),
  deployments: new ResourceClient(client, {
    root: ['apis', 'apps', 'v1'],
    resource: 'deployments',
    title: 'deployment',
    toFacts: toDeploymentFacts,
  }),
  autoscalers: new ResourceClient(client, {
    root: ['apis', 'autoscaling', 'v2'],
    resource: 'horizontalpodautoscalers',
    title: 'horizontal pod autoscaler',
    toFacts: toAutoscalerFacts,
  }),
  endpointSlices: new ResourceClient(client, {
    root: ['apis', 'discovery.k8s.io', 'v1'],
    resource: 'endpointslices',
    title: 'endpoint slice',
    toFacts: toEndpointFacts,
  }),
  volumeClaims: new ResourceClient(client, {
    root: CORE,
    resource: 'persistentvolumeclaims',
    title: 'persistent volume claim',
    toFacts: toVolumeClaimFacts,
  }),
  volumes: new ResourceClient(client, {
    root: CORE,
    resource: 'persistentvolumes',
    title: 'persistent volume',
    toFacts: toVolumeFacts,
  }),
  volumeAttachments: new ResourceClient(client, {
    root: ['apis', 'storage.k8s.io', 'v1'],
    resource: 'volumeattachments',
    title: 'volume attachment',
    toFacts: toVolumeAttachmentFacts,
  }),
});
