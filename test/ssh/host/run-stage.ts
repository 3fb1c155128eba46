import type { HostStage, StageItem, StageState } from '../../../src/domain/host/stage.ts';
import type { Host, StageInput } from '../../../src/ports/host.ts';
import { awaitUnitEnd } from './scratch-host.ts';
import { stageInput, type StageOrder } from './worker-node.ts';

/** Each read starts processes on the host, which slow down those that the test waits for. */
const POLL_MILLISECONDS = 150;

/** Starts a stage and reads it until it no longer runs. */
export const runStage = async (host: Host, stage: HostStage, order: StageOrder = stageInput()): Promise<StageState> => {
  await host.startStage(stage, await withLayout(host, order));
  return await awaitStage(host, stage, order.marker.operationId);
};

/** By connection: as in a run, all stages get what preflight saw. */
const layouts = new WeakMap<Host, StageInput['layout']>();

/** Completes it as preflight does, with what the host shows at the connection's first stage. */
export const withLayout = async (host: Host, order: StageOrder): Promise<StageInput> => ({
  ...order,
  layout: order.layout ?? layouts.get(host) ?? (await readLayout(host, order)),
});

const readLayout = async (host: Host, order: StageOrder): Promise<StageInput['layout']> => {
  const { layout } = await host.readFacts(order.kubeletUnits, order.marker.operationId);
  layouts.set(host, layout);
  return layout;
};

export const awaitStage = async (host: Host, stage: HostStage, operationId: string): Promise<StageState> => {
  for (;;) {
    await awaitUnitEnd(host, `node-decommission-${operationId}-${stage}.service`);
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

/** Makes the operation `op-1` run a stage again that has succeeded, without the record of what it did. */
export const forgetStage = (host: { sh(script: string): Promise<string> }, stage: HostStage): Promise<string> =>
  host.sh(`cd /var/lib/node-decommission/op-1 && rm -f ${stage}.result ${stage}.items ${stage}.done`);
