import { expect, it } from '@jest/globals';
import { formatPlanMarkdown } from '../../../src/cli/format/format-plan-markdown.ts';
import { decommissionPlan, nodePlan, podPlan } from '../../builders/decommission-plan.ts';

it('formats a plan as Markdown, in which names of the cluster are no markup', () => {
  const plan = decommissionPlan({
    verdict: 'Refused',
    estimate: { likelySeconds: 0, longestSeconds: 30, assumptions: ['Without hosts.'] },
    nodes: [
      nodePlan({
        estimate: { likelySeconds: 0, longestSeconds: 30, graceSeconds: 30, turns: [], unknown: [] },
        pods: [
          podPlan({ placement: { verdict: 'fits', nodeName: 'node-2', message: '' } }),
          podPlan({ name: 'a|b', workload: '', disposition: 'refuse', reason: 'needs *force*\n# true' }),
        ],
      }),
    ],
    findings: [
      { code: 'BarePod', severity: 'refusal', subject: 'default/x', message: 'pod <b> is bare; set force: true.' },
      { code: 'NotChecked', severity: 'info', subject: 'the write permissions', message: 'not checked' },
    ],
  });
  expect(formatPlanMarkdown(plan)).toBe(
    String.raw`
## Plan for task task-1 on cluster default: Refused

### Refusals (1)

- BarePod: pod \<b\> is bare; set force: true.

Estimate for the drain: at most 30 s.
Without hosts.

### Node node-1: 2 pods, 1 to evict, 1 refused

Estimate: at most 30 s: no budget delays an eviction; grace period up to 30 s.

| POD | WORKLOAD | ACTION | PLACEMENT OR REASON |
| --- | --- | --- | --- |
| default/web-1 | Deployment/web | evict | fits on node-2 |
| default/a\|b | - | refuse | needs \*force\* # true |

### Not checked (1)

- the write permissions
`.trim(),
  );
});
