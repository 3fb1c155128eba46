import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { AccessRight } from '../../src/domain/cluster/facts.ts';
import {
  RIGHTS_TO_FIND_SERVICES,
  RIGHTS_TO_FORCE,
  RIGHTS_TO_PLACE,
  RIGHTS_TO_READ,
  RIGHTS_TO_READ_NODE_OBJECTS,
  RIGHTS_TO_READ_OWNERS,
  RIGHTS_TO_RUN,
  RIGHTS_TO_TRY_REPLACEMENTS,
  RIGHTS_TO_SURGE,
} from '../../src/domain/cluster/rights.ts';

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: object;
  readonly subjects?: readonly object[];
}

const readManifests = (): readonly Manifest[] =>
  parseAllDocuments(readFileSync(new URL('../../deploy/rbac.yaml', import.meta.url), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );

const findManifest = (kind: string, name: string): Manifest => {
  const found = readManifests().filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
};

const toText = ({ verb, group, resource, subresource, name }: AccessRight): string =>
  `${verb} ${group}/${resource}${subresource === undefined ? '' : `/${subresource}`}${name === undefined ? '' : ` ${name}`}`;

const toGrants = (rules: readonly PolicyRule[]): readonly string[] =>
  rules
    .flatMap(({ apiGroups, resources, verbs, resourceNames = [''] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) =>
            resourceNames.map((name) => `${verb} ${group}/${resource}${name === '' ? '' : ` ${name}`}`),
          ),
        ),
      ),
    )
    .sort();

describe('deploy/rbac.yaml', () => {
  it.each([
    ['node-decommission', [...RIGHTS_TO_RUN, ...RIGHTS_TO_READ_NODE_OBJECTS]],
    ['node-decommission-reader', RIGHTS_TO_READ],
  ])('ClusterRole %s grants exactly the rights that are needed, and those that are optional', (name, rights) => {
    const grants = toGrants(findManifest('ClusterRole', name).rules ?? []);
    const optional = [...RIGHTS_TO_PLACE, ...RIGHTS_TO_READ_OWNERS, ...RIGHTS_TO_FIND_SERVICES];
    expect(grants).toEqual([...rights, ...optional].map(toText).sort());
    expect(new Set(grants).size).toBe(grants.length);
  });

  it('grants the creation of pods in a role that nothing is bound to', () => {
    const { rules = [] } = findManifest('ClusterRole', 'node-decommission-try-replacements');
    expect(toGrants(rules)).toEqual(RIGHTS_TO_TRY_REPLACEMENTS.map(toText));
  });

  it('grants the deletion of pods in a role that nothing is bound to', () => {
    const { rules = [] } = findManifest('ClusterRole', 'node-decommission-force');
    expect(toGrants(rules)).toEqual(RIGHTS_TO_FORCE.map(toText));
  });

  it('grants exactly what a surge needs in addition, in a role that nothing is bound to', () => {
    const grants = toGrants(findManifest('ClusterRole', 'node-decommission-surge').rules ?? []);
    expect(grants).toEqual(RIGHTS_TO_SURGE.map(toText).sort());
    const ofRun = RIGHTS_TO_RUN.map(toText);
    expect(grants.filter((grant) => ofRun.includes(grant))).toEqual([]);
  });

  it('binds the ServiceAccount to the role for runs, and nothing else', () => {
    const bound = readManifests().filter(({ kind }) => kind.endsWith('Binding'));
    expect(bound.map(({ metadata }) => metadata.name)).toEqual(['node-decommission']);
    expect(findManifest('ServiceAccount', 'node-decommission').metadata.namespace).toBe('node-decommission');
    const binding = findManifest('ClusterRoleBinding', 'node-decommission');
    expect(binding.roleRef).toEqual({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'node-decommission',
    });
    expect(binding.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'node-decommission', namespace: 'node-decommission' },
    ]);
  });
});
