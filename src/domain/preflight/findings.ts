import type { DecommissionRequest } from '../request/decommission-request.ts';
import type { Finding, FindingCode } from '../plan/decommission-plan.ts';

/**
 * `safety`: refuses in every preflight mode. `judgement`: refuses under `enforce`, else is a warning; the drain then fails at its
 * deadline and is undone.
 */
type Standing = 'safety' | 'judgement' | 'warning' | 'info';

interface CodeRule {
  readonly standing: Standing;
  /** The request setting that overrides the refusal. */
  readonly override?: string;
}

const judgement: CodeRule = { standing: 'judgement', override: 'preflight: warn' };

/** The severity of each finding, in one place. */
export const FINDING_RULES: Readonly<Record<FindingCode, CodeRule>> = {
  PlanChanged: { standing: 'safety' },
  NodeNotFound: { standing: 'safety' },
  NodeIsDeleting: { standing: 'safety' },
  ControlPlaneNode: { standing: 'safety' },
  ForeignOwner: { standing: 'safety' },
  NodeHasFinalizers: { standing: 'safety' },
  NodeLocked: { standing: 'safety' },
  PastPointOfNoReturn: { standing: 'safety' },
  OwnWorkerOnNode: { standing: 'safety' },
  HostUnreachable: { standing: 'safety', override: 'hostCleanup: skip' },
  HostUnusable: { standing: 'safety', override: 'hostCleanup: skip' },
  HostNotProven: { standing: 'safety', override: 'hostCleanup: skip' },
  MissingRights: { standing: 'safety' },
  NodeDeletionDenied: { standing: 'safety' },
  BudgetCreationDenied: { standing: 'safety' },
  SingleReplica: { standing: 'safety', override: 'singleReplica: evict' },
  SurgeNotPossible: { standing: 'safety', override: 'singleReplica: evict' },
  BarePod: { standing: 'safety', override: 'force: true' },
  EmptyDirData: { standing: 'safety', override: 'deleteEmptyDirData: true' },
  DaemonSetPod: { standing: 'safety', override: 'ignoreDaemonSets: true' },
  OwnTemporalOnNode: judgement,
  NodeNotReady: judgement,
  NoOtherNode: judgement,
  PodDoesNotFit: judgement,
  NoRoomTogether: judgement,
  PodPinnedToNode: judgement,
  ReplacementDenied: judgement,
  MultipleBudgets: judgement,
  BudgetNeverAllows: judgement,
  NotSafeToEvict: judgement,
  PodMayNotFit: { standing: 'warning' },
  PodPendingUntilDeletion: { standing: 'warning' },
  PodPlacementUnknown: { standing: 'warning' },
  ReplacementOverQuota: { standing: 'warning' },
  LastEndpointOfService: { standing: 'warning' },
  LocalTrafficLost: { standing: 'warning' },
  LastNodeOfGroup: { standing: 'warning' },
  BudgetWaits: { standing: 'warning' },
  BudgetWouldOverlap: { standing: 'warning' },
  WorkloadUnprotected: { standing: 'warning' },
  DrainMayExceedTimeout: { standing: 'warning' },
  VolumeLeftAttached: { standing: 'warning' },
  JobStartsOver: { standing: 'info' },
  JobAwaited: { standing: 'info' },
  ToleratesCordon: { standing: 'info' },
  FinishedPod: { standing: 'info' },
  AlreadyUnschedulable: { standing: 'info' },
  MachineKeepsRunning: { standing: 'info' },
  NotChecked: { standing: 'info' },
};

export interface Observation {
  readonly code: FindingCode;
  /** E.g. `default/web-1` or `node-1`. */
  readonly subject: string;
  readonly nodeName?: string;
  /** What is wrong, why, and what to do, without a full stop; the override is added unless it is named. */
  readonly message: string;
  /** The request allows it, or it is harmless in this case: recorded, no refusal. */
  readonly asSeverity?: 'warning' | 'info';
  /** Instead of the setting of its code; null: a setting would only delay the failure. */
  readonly override?: string | null;
}

/** Adds the severity that the code has under this preflight mode, and for a refusal the setting that overrides it. */
export const toFinding = (observation: Observation, preflight: DecommissionRequest['preflight']): Finding => {
  const { asSeverity, message, override: own, ...rest } = observation;
  const rule = FINDING_RULES[observation.code];
  const override = own === null ? undefined : (own ?? rule.override);
  const severity = asSeverity ?? toSeverity(rule.standing, preflight);
  if (severity !== 'refusal' || override === undefined) return { ...rest, severity, message: `${message}.` };
  const remedy = message.includes(override) ? '' : `; to proceed anyway, set ${override}`;
  return { ...rest, severity, message: `${message}${remedy}.`, override };
};

const toSeverity = (standing: Standing, preflight: DecommissionRequest['preflight']): Finding['severity'] => {
  if (standing === 'safety') return 'refusal';
  if (standing === 'judgement') return preflight === 'enforce' ? 'refusal' : 'warning';
  return standing;
};
