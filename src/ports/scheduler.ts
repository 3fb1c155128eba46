import type { SchedulerFacts } from '../domain/scheduling/scheduler-facts.ts';
import type { RoomQuestion, RoomSurvey } from '../domain/scheduling/room-survey.ts';
import type { PlacementTrial, TrialResult } from '../domain/scheduling/placement-trial.ts';

/** kube-scheduler's own plugins, applied to facts: no cluster is asked and nothing is changed. */
export interface Scheduler {
  /** Starts what a session needs, so that it is ready when the facts have been read. Whatever fails is reported by `open`. */
  prepare(): void;
  /**
   * Loads the facts. Every session must be closed: it holds memory in proportion to the cluster.
   * @throws Error: the scheduler could not be loaded, or rejects the facts. A defect of this program, not of the cluster.
   */
  open(facts: SchedulerFacts): Promise<SchedulerSession>;
}

export interface SchedulerSession {
  /** Every trial starts from the facts as loaded. */
  tryPlacement(trial: PlacementTrial): Promise<TrialResult>;
  /** From the facts as loaded. */
  surveyRoom(question: RoomQuestion): Promise<RoomSurvey>;
  close(): Promise<void>;
}
