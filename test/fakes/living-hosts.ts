import type { HostStage } from '../../src/domain/host/stage.ts';
import type { Host, HostAddress, StageInput } from '../../src/ports/host.ts';
import { cleanHostFacts, maskedUnit, withUnit } from '../builders/host-facts.ts';
import { FakeHosts } from './fake-hosts.ts';

/** One host in memory on which stages take effect: each ends as soon as it is started, and its marker stays. */
export class LivingHosts extends FakeHosts {
  state: 'in service' | 'stopped' | 'clean' = 'in service';

  override async connect(address: HostAddress): Promise<Host> {
    const host = await super.connect(address);
    return {
      ...host,
      startStage: async (stage, input) => {
        await host.startStage(stage, input);
        this.#run(stage, input);
      },
    };
  }

  #run(stage: HostStage, { marker }: StageInput): void {
    this.withdrawal = 'Touched';
    if (stage === 'cleanHost') {
      this.state = 'clean';
      this.facts = cleanHostFacts({ marker });
    } else if (this.state === 'in service') {
      this.state = 'stopped';
      // Its credentials stay, and its facts are those that the stage has recorded.
      const facts = withUnit(this.facts, maskedUnit('kubelet.service'));
      this.facts = { ...facts, marker, kubeletPortIsOpen: false };
    } else {
      this.facts = { ...this.facts, marker };
    }
  }
}
