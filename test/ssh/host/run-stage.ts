import type { HostStage, StageItem, StageState } from '../../../src/domain/host/stage.ts';
import type { Host, StageInput } from '../../../src/ports/host.ts';
import { stageInput } from './worker-node.ts';

const POLL_MILLISECONDS = 50;

/** Starts a stage and reads it until it no longer runs. */
export const runStage = async (host: Host, stage: HostStage, input: StageInput = stageInput()): Promise<StageState> => {
  await host.startStage(stage, input);
  return await awaitStage(host, stage, input.marker.operationId);
};

export const awaitStage = async (host: Host, stage: HostStage, operationId: string): Promise<StageState> => {
  for (;;) {
    const state = await host.readStage(stage, operationId);
    if (state.kind !== 'Running') return state;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
};

/** Items as `status name`, or `status name: message` for those that failed; any other state by its kind. */
export const toLines = (state: StageState): readonly string[] =>
  state.kind === 'Ended' ? state.items.map(toLine) : [state.kind];

const toLine = ({ status, name, message }: StageItem): string =>
  status === 'Failed' ? `${status} ${name}: ${message}` : `${status} ${name}`;
