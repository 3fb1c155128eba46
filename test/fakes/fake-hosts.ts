import type { HostFacts } from '../../src/domain/host/facts.ts';
import type { HostStage, StageState } from '../../src/domain/host/stage.ts';
import type { Host, HostAddress, Hosts, StageInput } from '../../src/ports/host.ts';
import { provenHostFacts } from '../builders/host-target.ts';

/** One host that does what it is told; what it is told is recorded. */
export class FakeHosts implements Hosts {
  readonly connections: HostAddress[] = [];
  readonly started: { readonly stage: HostStage; readonly order: StageInput }[] = [];
  /** Operations whose marker was looked for. */
  readonly lookedFor: (string | undefined)[] = [];
  closedCount = 0;
  facts: HostFacts = provenHostFacts();
  /** Answers in turn; the last one stays. */
  states: StageState[] = [{ kind: 'Ended', isOk: true, items: [] }];
  kubeletUnits: readonly string[] | undefined = ['kubelet.service'];
  /** Thrown by the call of that name. */
  readonly failures: Partial<Record<'connect' | 'readFacts' | 'startStage' | 'readStage', Error>> = {};

  findKubeletUnits(): readonly string[] | undefined {
    return this.kubeletUnits;
  }

  async connect(address: HostAddress): Promise<Host> {
    await this.#failIfTold('connect');
    this.connections.push(address);
    return {
      readFacts: async (_kubeletUnits, operationId) => {
        await this.#failIfTold('readFacts');
        this.lookedFor.push(operationId);
        return this.facts;
      },
      startStage: async (stage, order) => {
        await this.#failIfTold('startStage');
        this.started.push({ stage, order });
      },
      readStage: async () => {
        await this.#failIfTold('readStage');
        const [state = { kind: 'NotStarted' }] = this.states;
        if (this.states.length > 1) this.states.shift();
        return state;
      },
      close: () => {
        this.closedCount += 1;
        return Promise.resolve();
      },
    };
  }

  #failIfTold(call: keyof FakeHosts['failures']): Promise<void> {
    const failure = this.failures[call];
    return failure ? Promise.reject(failure) : Promise.resolve();
  }
}
