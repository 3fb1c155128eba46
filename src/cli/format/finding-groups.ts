import type { Finding } from '../../domain/plan/decommission-plan.ts';

/** The findings of a plan as they are shown: what was not checked stands alone, whatever its severity. */
export interface FindingGroups {
  readonly refusals: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly notChecked: readonly Finding[];
}

/** Pure. */
export const toFindingGroups = (findings: readonly Finding[]): FindingGroups => {
  const ofSeverity = (severity: Finding['severity']): readonly Finding[] =>
    findings.filter((finding) => finding.severity === severity && !isNotChecked(finding));
  return {
    refusals: ofSeverity('refusal'),
    warnings: ofSeverity('warning'),
    notes: ofSeverity('info'),
    notChecked: findings.filter(isNotChecked),
  };
};

const isNotChecked = ({ code }: Finding): boolean => code === 'NotChecked';
