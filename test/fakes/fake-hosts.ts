import type { Inability } from '../../src/domain/host/ability.ts';
import type { HostFacts } from '../../src/domain/host/facts.ts';
import type { HostStage, StageState } from '../../src/domain/host/stage.ts';
import type { Withdrawal } from '../../src/domain/host/withdrawal.ts';
import type { Host, HostAddress, Hosts, StageInput } from '../../src/ports/host.ts';
import { provenHostFacts } from '../builders/host-target.ts';

/** One scripted host; every call is recorded. */
export class FakeHosts implements Hosts {
  readonly connections: HostAddress[] = [];
  readonly started: { readonly stage: HostStage; readonly input: StageInput }[] = [];
  /** Operations whose marker was read. */
  readonly readOperations: (string | undefined)[] = [];
  /** Operations whose marker was read to identify the host. */
  readonly identifiedOperations: string[] = [];
  closedCount = 0;
  facts: HostFacts = provenHostFacts();
  inabilities: readonly Inability[] = [];
  /** How often the host's ability was tried. */
  abilityCount = 0;
  /** Returned in order; the last one is repeated. */
  states: StageState[] = [{ kind: 'Ended', isOk: true, items: [] }];
  withdrawal: Withdrawal = 'Untouched';
  /** Operations that were withdrawn. */
  readonly withdrawn: string[] = [];
  kubeletUnits: readonly string[] | undefined = ['kubelet.service'];
  /** Thrown by the call of that name. */
  readonly failures: Partial<
    Record<'connect' | 'readFacts' | 'readIdentity' | 'proveAbility' | 'startStage' | 'readStage' | 'withdraw', Error>
  > = {};

  findKubeletUnits(): readonly string[] | undefined {
    return this.kubeletUnits;
  }

  async connect(address: HostAddress): Promise<Host> {
    await this.#failIfScripted('connect');
    this.connections.push(address);
    return {
      readFacts: async (_kubeletUnits, operationId) => {
        await this.#failIfScripted('readFacts');
        this.readOperations.push(operationId);
        return this.facts;
      },
      readIdentity: async (_kubeletUnits, operationId) => {
        await this.#failIfScripted('readIdentity');
        this.identifiedOperations.push(operationId);
        return this.facts;
      },
      proveAbility: async () => {
        await this.#failIfScripted('proveAbility');
        this.abilityCount += 1;
        return this.inabilities;
      },
      startStage: async (stage, input) => {
        await this.#failIfScripted('startStage');
        this.started.push({ stage, input });
      },
      readStage: async () => {
        await this.#failIfScripted('readStage');
        const [state = { kind: 'NotStarted' }] = this.states;
        if (this.states.length > 1) this.states.shift();
        return state;
      },
      withdraw: async (_kubeletUnits, operationId) => {
        await this.#failIfScripted('withdraw');
        this.withdrawn.push(operationId);
        return this.withdrawal;
      },
      close: () => {
        this.closedCount += 1;
        return Promise.resolve();
      },
    };
  }

  #failIfScripted(call: keyof FakeHosts['failures']): Promise<void> {
    const failure = this.failures[call];
    return failure ? Promise.reject(failure) : Promise.resolve();
  }
}
