import type { ReplacedWorkload } from '../../domain/replacements/replaced-workload.ts';
import type {
  ApprovalPoint,
  SkippedReplacements,
  SteeringData,
  SteeringRecord,
} from '../../domain/steering/steering.ts';
import { definedFields } from '../runtime/defined-fields.ts';
import type { Attribution } from '../../domain/run/status.ts';

/** They are part of the report, whose size is limited. */
const MAX_RECORDS = 200;
const NONE: SteeringData = { records: [], approved: [], skipped: [], forced: [] };

/** What operators have requested for the pods of a node, their replacements, and its approvals. */
export class NodeSteering {
  #records: readonly SteeringRecord[];
  /** What the node waits for now. */
  awaits: ApprovalPoint | undefined;
  readonly #approved: Set<ApprovalPoint>;
  readonly #skipped: Map<string, Attribution>;
  readonly #forced: Map<string, Attribution>;
  readonly #hastened: Map<string, Attribution>;
  /** By UID: ends the eviction of a pod that runs, so that it is decided again. */
  readonly #recalls = new Map<string, () => void>();
  #revision = 0;
  /** Whose replacements the node waits for now. */
  awaitedReplacements: readonly ReplacedWorkload[] = [];
  #skippedReplacements: readonly SkippedReplacements[];

  constructor(data: SteeringData = NONE) {
    this.#records = data.records;
    this.#approved = new Set(data.approved);
    this.awaits = data.awaits;
    this.#skipped = new Map(data.skipped);
    this.#forced = new Map(data.forced);
    this.#hastened = new Map(data.hastened);
    this.#skippedReplacements = data.skippedReplacements ?? [];
  }

  toData(): SteeringData {
    const skippedReplacements = this.#skippedReplacements;
    return {
      records: this.#records,
      approved: [...this.#approved],
      ...definedFields({ awaits: this.awaits }),
      skipped: [...this.#skipped],
      forced: [...this.#forced],
      ...(this.#hastened.size === 0 ? {} : { hastened: [...this.#hastened] }),
      ...(skippedReplacements.length === 0 ? {} : { skippedReplacements }),
    };
  }

  /** Changes with every request for a pod. */
  get revision(): number {
    return this.#revision;
  }

  get records(): readonly SteeringRecord[] {
    return this.#records;
  }

  /** The oldest ones are dropped above `MAX_RECORDS`. */
  record(record: SteeringRecord): void {
    this.#records = [...this.#records, record].slice(-MAX_RECORDS);
  }

  isApproved(point: ApprovalPoint): boolean {
    return this.#approved.has(point);
  }

  get hasApproval(): boolean {
    return this.#approved.size > 0;
  }

  /**
   * Returns what was approved; undefined: nothing waits, so that a repetition has no effect. `confirmsOff`: the message confirms that the machine
   * is powered off; it approves nothing else, and no other message confirms that.
   */
  approve(confirmsOff = false): ApprovalPoint | undefined {
    const { awaits } = this;
    if (awaits === undefined || (awaits === 'machineIsOff') !== confirmsOff) return undefined;
    this.#approved.add(awaits);
    this.awaits = undefined;
    return awaits;
  }

  /** It no longer applies, or is not waited for any more. */
  revoke(point: ApprovalPoint): void {
    this.#approved.delete(point);
    if (this.awaits === point) this.awaits = undefined;
  }

  skippedBy(uid: string): Attribution | undefined {
    return this.#skipped.get(uid);
  }

  /** Its deletion is requested, and not carried out yet. */
  isForced(uid: string): boolean {
    return this.#forced.has(uid);
  }

  /** The request to delete a pod, once. */
  takeForce(uid: string): Attribution | undefined {
    const forced = this.#forced.get(uid);
    this.#forced.delete(uid);
    return forced;
  }

  get skippedReplacements(): readonly SkippedReplacements[] {
    return this.#skippedReplacements;
  }

  /** They are not waited for any longer. */
  skipReplacements(workloads: readonly ReplacedWorkload[], { by, reason }: Attribution): void {
    const skipped = workloads.map((workload) => ({ workload, by, reason }));
    this.#skippedReplacements = [...this.#skippedReplacements, ...skipped];
    this.awaitedReplacements = this.awaitedReplacements.filter((workload) => !workloads.includes(workload));
  }

  /** Its eviction is sent again at once, before the work of its Job has ended. */
  hastenedBy(uid: string): Attribution | undefined {
    return this.#hastened.get(uid);
  }

  /** One that was skipped is treated like any other again; it is not hastened. */
  retry(uid: string, { by, reason }: Attribution): void {
    if (!this.#skipped.delete(uid)) this.#hastened.set(uid, { by, reason });
    this.#change(uid);
  }

  /** False: it is skipped already. */
  skip(uid: string, { by, reason }: Attribution): boolean {
    if (this.#skipped.has(uid)) return false;
    this.#skipped.set(uid, { by, reason });
    this.#change(uid);
    return true;
  }

  /** False: that is requested already, and not carried out yet. */
  force(uid: string, { by, reason }: Attribution): boolean {
    if (this.#forced.has(uid)) return false;
    this.#skipped.delete(uid);
    this.#forced.set(uid, { by, reason });
    this.#change(uid);
    return true;
  }

  /** `recall`: ends the eviction of this pod while it runs. */
  setRecall(uid: string, recall: () => void): void {
    this.#recalls.set(uid, recall);
  }

  clearRecall(uid: string): void {
    this.#recalls.delete(uid);
  }

  #change(uid: string): void {
    this.#revision += 1;
    this.#recalls.get(uid)?.();
  }
}
