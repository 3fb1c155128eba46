import type { KubernetesObject } from './kubernetes-object.ts';

export interface DisruptionBudgetFixture {
  readonly namespace: string;
  readonly name: string;
  /** Labels that the budget selects by; default `app: <name>`. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** A number or a percentage; set `maxUnavailable` or `minAvailable`, not both. */
  readonly maxUnavailable?: number | string;
  readonly minAvailable?: number | string;
  readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const disruptionBudget = (fixture: DisruptionBudgetFixture): KubernetesObject => {
  const { namespace, name, labels, annotations, matchLabels, ...spec } = fixture;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      namespace,
      name,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { selector: { matchLabels: matchLabels ?? { app: name } }, ...spec },
  };
};
