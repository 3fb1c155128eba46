import type { Context } from '@temporalio/activity';

const BEAT_MILLISECONDS = 5000;
/** Unchanged, a patient activity beats with every fourth: each heartbeat is billed on Temporal Cloud, and counts against its rate limit. */
const BEATS_OF_A_PATIENT_ONE = 4;
/** Heartbeat time-outs from here on allow for beats that are 20 s apart. */
const PATIENT_MILLISECONDS = 40_000;

interface Member {
  readonly context: Context;
  readonly readDetails: () => unknown;
  readonly isPatient: boolean;
  /** Spreads the beats of many members over time. */
  readonly turn: number;
}

/**
 * The activities of one workflow run in this process, which heartbeat together. A cancellation reaches an activity only with a heartbeat,
 * and a pause or a cancellation concerns all evictions of a node at once: so one of the patient activities leads and beats every 5 s, the
 * others every 20 s; when one is cancelled, all beat at once.
 */
class HeartGroup {
  readonly #members = new Set<Member>();
  #timer: NodeJS.Timeout | undefined;
  #beatCount = 0;
  #joinCount = 0;
  #isRallying = false;

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Returns the function that leaves the group again. */
  join(context: Context, readDetails: () => unknown): () => void {
    const { heartbeatTimeoutMs = 0 } = context.info;
    const isPatient = heartbeatTimeoutMs >= PATIENT_MILLISECONDS;
    const member = { context, readDetails, isPatient, turn: (this.#joinCount += 1) % BEATS_OF_A_PATIENT_ONE };
    const onAbort = (): void => {
      if (context.cancellationDetails?.workerShutdown !== true) this.#rally();
    };
    context.cancellationSignal.addEventListener('abort', onAbort);
    this.#members.add(member);
    this.#timer ??= setInterval(() => {
      this.#beat();
    }, BEAT_MILLISECONDS);
    return () => {
      context.cancellationSignal.removeEventListener('abort', onAbort);
      this.#members.delete(member);
      if (!this.isEmpty) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #beat(): void {
    this.#isRallying = false;
    this.#beatCount += 1;
    const leader = [...this.#members].find(isWaiting);
    for (const member of this.#members) {
      const isItsTurn = this.#beatCount % BEATS_OF_A_PATIENT_ONE === member.turn;
      if (member === leader || !member.isPatient || isItsTurn) beatOnce(member);
    }
  }

  /** Once for all activities that one cancellation ends, which each receive their own. */
  #rally(): void {
    if (this.#isRallying) return;
    this.#isRallying = true;
    for (const member of this.#members) if (isWaiting(member)) beatOnce(member);
  }
}

const isWaiting = ({ context, isPatient }: Member): boolean => isPatient && !context.cancellationSignal.aborted;

const beatOnce = ({ context, readDetails }: Member): void => {
  context.heartbeat(readDetails());
};

/** By workflow run; of all workers of this process, because a heartbeat belongs to the run. */
const groups = new Map<string, HeartGroup>();

/**
 * Heartbeats for the running activity until the returned function is called. `readDetails`: what each heartbeat carries. A change is not
 * sent by itself: send it with `Context.heartbeat`.
 */
export const startHeart = (context: Context, readDetails: () => unknown): (() => void) => {
  const { workflowId = '', runId = '' } = context.info.workflowExecution ?? {};
  const key = `${workflowId}/${runId}`;
  const group = groups.get(key) ?? new HeartGroup();
  groups.set(key, group);
  const leave = group.join(context, readDetails);
  return () => {
    leave();
    if (group.isEmpty) groups.delete(key);
  };
};
