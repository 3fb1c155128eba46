import { describe, expect, it } from '@jest/globals';
import type { WorkloadFacts } from '../../../src/domain/cluster/facts.ts';
import { toWorkloadFacts } from '../../../src/kube/facts/to-workload-facts.ts';
import type { ScaleObject, WorkloadKind, WorkloadObject } from '../../../src/kube/facts/to-workload-facts.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', scalable: true };
const CUSTOM = { apiVersion: 'db.example/v1', kind: 'Database', scalable: true };
const DAEMON_SET = { apiVersion: 'apps/v1', kind: 'DaemonSet', scalable: false };

const metadata = { namespace: 'default', name: 'web', uid: 'u' };
const byLabel = (app: string): WorkloadFacts['selector'] => ({ matchLabels: { app }, matchExpressions: [] });

describe('toWorkloadFacts', () => {
  it.each<[string, typeof DEPLOYMENT, WorkloadObject['spec'], ScaleObject | undefined, number | undefined]>([
    ['uses the count of the spec', DEPLOYMENT, { replicas: 3 }, undefined, 3],
    ['keeps a count of zero', DEPLOYMENT, { replicas: 0 }, undefined, 0],
    ['reads an absent count as 1', DEPLOYMENT, {}, undefined, 1],
    ['prefers the count of the scale', DEPLOYMENT, { replicas: 3 }, { spec: { replicas: 5 } }, 5],
    ['has no count for a kind without one', DAEMON_SET, {}, undefined, undefined],
    ['uses the count of a custom kind', DAEMON_SET, { replicas: 2 }, undefined, 2],
    ['has no count when it is not a number', DAEMON_SET, { replicas: 'many' }, undefined, undefined],
  ])('%s', (_name, kind, spec, scale, expected) => {
    expect(toWorkloadFacts(kind, { metadata, ...(spec === undefined ? {} : { spec }) }, scale).replicas).toBe(expected);
  });

  it.each<[string, unknown, string | undefined, WorkloadFacts['selector']]>([
    ['a label selector', { matchLabels: { app: 'web' } }, undefined, byLabel('web')],
    ['the plain map of a ReplicationController', { app: 'web' }, undefined, byLabel('web')],
    ['an empty selector', {}, undefined, { matchLabels: {}, matchExpressions: [] }],
    ['the scale’s selector before the spec’s', { matchLabels: { app: 'web' } }, 'app=scaled', byLabel('scaled')],
    ['the spec’s selector when the scale has none', { matchLabels: { app: 'web' } }, '', byLabel('web')],
    ['nothing from another shape', { expression: { a: 1 } }, undefined, undefined],
    ['nothing from text', 'app=web', undefined, undefined],
    ['nothing when there is none', undefined, undefined, undefined],
  ])('reads %s', (_name, selector, scaleSelector, expected) => {
    const scale = scaleSelector === undefined ? undefined : { status: { selector: scaleSelector } };
    expect(toWorkloadFacts(DEPLOYMENT, { metadata, spec: { selector } }, scale).selector).toEqual(expected);
  });

  it.each<[string, unknown, string | undefined]>([
    ['names a node', { spec: { nodeName: 'node-1', containers: [] } }, 'node-1'],
    ['names none', { spec: { containers: [] } }, undefined],
    ['is something else', 'text', undefined],
    ['is absent', undefined, undefined],
  ])('reads a pod template that %s', (_name, template, templateNodeName) => {
    expect(toWorkloadFacts(DEPLOYMENT, { metadata: {}, spec: { template } }).templateNodeName).toBe(templateNodeName);
  });

  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [], nodeSelector: { zone: 'a' } } };
  const podTemplate = { metadata: { labels: { app: 'web' } }, spec: { containers: [], nodeSelector: { zone: 'a' } } };
  const STATEFUL_SET = { apiVersion: 'apps/v1', kind: 'StatefulSet', scalable: true };
  const CLONE_SET = { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', scalable: true };
  it.each<[string, typeof DEPLOYMENT, { readonly spec: object; readonly status?: object }, Partial<WorkloadFacts>]>([
    ['of a Deployment', DEPLOYMENT, { spec: { template } }, { podTemplate }],
    ['of no Deployment whose rollout is paused', DEPLOYMENT, { spec: { template, paused: true } }, {}],
    ['of no kind with rules of its own', CLONE_SET, { spec: { template } }, {}],
    ['of no DaemonSet, whose pods stay', DAEMON_SET, { spec: { template } }, {}],
    [
      'of a StatefulSet, with its revision and the ordinal from which it applies',
      STATEFUL_SET,
      {
        spec: { template, ordinals: { start: 1 }, updateStrategy: { rollingUpdate: { partition: 2 } } },
        status: { updateRevision: 'web-2' },
      },
      { podTemplate, updateRevision: 'web-2', firstUpdatedOrdinal: 3 },
    ],
  ])('reads the template %s', (_name, kind, object, expected) => {
    const { podTemplate: found, updateRevision, firstUpdatedOrdinal } = toWorkloadFacts(kind, { metadata, ...object });
    const facts = { podTemplate: found, updateRevision, firstUpdatedOrdinal };
    expect(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))).toEqual(expected);
  });

  it.each<[string, WorkloadKind, unknown, number | undefined]>([
    ['those of the status', DEPLOYMENT, { readyReplicas: 2 }, 2],
    ['none, which the status leaves out', DEPLOYMENT, {}, 0],
    ['those of a custom kind', CUSTOM, { readyReplicas: 2 }, 2],
    ['an unknown number of a custom kind whose status has none', CUSTOM, { replicas: 2 }, undefined],
    ['an unknown number of a custom kind whose status is no object', CUSTOM, 'fine', undefined],
  ])('Ready replicas: %s', (_case, kind, status, expected) => {
    expect(toWorkloadFacts(kind, { metadata, spec: { replicas: 3 }, status }).readyReplicas).toBe(expected);
  });

  it('reads the identity of the object and of its own controller', () => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true }];
    expect(toWorkloadFacts(DEPLOYMENT, { metadata: { ...metadata, ownerReferences } })).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...metadata,
      replicas: 1,
      readyReplicas: 0,
      controller: ownerReferences[0],
    });
  });
});
