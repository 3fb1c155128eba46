import type { DecommissionReport } from '../domain/run/report.ts';

/** A place for reports that outlives Temporal's retention period. */
export interface ReportStore {
  /**
   * Stores the report of one node. Safe to repeat: the report of the same run is written again, that of another run is never replaced.
   *
   * @param report with one node
   * @param runId of the node's workflow
   * @throws DecommissionFailure `ReportNotStored`
   */
  store(report: DecommissionReport, runId: string): Promise<void>;
}
