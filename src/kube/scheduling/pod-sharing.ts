import type { PodFacts } from '../../domain/cluster/facts.ts';

/** Derived from what `toPodTemplate` keeps, and from the namespace: the same for all pods with the same of both. */
const OF_TEMPLATE = [
  'namespace',
  'labels',
  'tolerations',
  'nodeSelector',
  'requiredNodeAffinity',
  'requiredPodAffinity',
  'requiredSpreadKeys',
  'requests',
] as const;

/** Lists that most pods of a template have in common. */
const LISTS = [
  'finalizers',
  'emptyDirVolumes',
  'persistentVolumeClaims',
  'ephemeralClaims',
  'preStopContainers',
] as const;

/** Lets the facts of many pods refer to the same objects and texts where they are equal: each was parsed from the JSON of its own pod. */
export class PodSharing {
  readonly #firsts = new Map<string, PodFacts>();
  readonly #nodeNames = new Map<string, string>();

  /** `template`: the index of the pod's template; absent: it has none. Returns equal facts. */
  share(facts: PodFacts, template: number | undefined): PodFacts {
    const nodeName = this.#toNodeName(facts.nodeName);
    if (template === undefined) return { ...facts, nodeName };
    const key = `${template} ${facts.namespace}`;
    const first = this.#firsts.get(key);
    if (first !== undefined) return { ...facts, ...toCommonPart(facts, first), nodeName };
    this.#firsts.set(key, facts);
    return facts;
  }

  #toNodeName(name: string): string {
    const known = this.#nodeNames.get(name);
    if (known === undefined) this.#nodeNames.set(name, name);
    return known ?? name;
  }
}

const toCommonPart = (facts: PodFacts, first: PodFacts): Partial<PodFacts> => {
  const common: Record<string, unknown> = {};
  for (const key of OF_TEMPLATE) if (key in first) common[key] = first[key];
  for (const key of LISTS) if (isSame(facts[key], first[key])) common[key] = first[key];
  if (facts.inlineDisks.length === 0 && first.inlineDisks.length === 0) common['inlineDisks'] = first.inlineDisks;
  if (facts.controller !== undefined && facts.controller.uid === first.controller?.uid)
    common['controller'] = first.controller;
  return common;
};

const isSame = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one !== undefined && one.length === other?.length && one.every((text, index) => text === other[index]);
