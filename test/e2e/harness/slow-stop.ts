import { awaitCondition } from '../../../stack/processes/await-condition.ts';
import type { RealNode } from '../../../stack/hosts/real-node.ts';
import type { RealNodeFixture } from '../../../stack/hosts/real-node-fixture.ts';
import type { HostStage } from '../../../src/domain/host/stage.ts';

/** The unit that each stage stops, and that is made to stop slowly. */
const SLOW_UNITS: Readonly<Record<HostStage, string>> = {
  stopKubelet: 'kubelet.service',
  cleanHost: 'containerd.service',
};
export const STAGES = Object.keys(SLOW_UNITS) as readonly HostStage[];

/** Longer than the timeouts of the scripts. */
const STOP_SECONDS = 300;

const toBlockPath = (stage: HostStage): string => `/var/lib/slow-${stage}`;

/** Files of a host on which each of both stages, once started, continues only after `release`. */
export const SLOW_STOP_FILES: NonNullable<RealNodeFixture['files']> = Object.fromEntries(
  STAGES.flatMap((stage) => [
    [toBlockPath(stage), ''],
    [
      `/etc/systemd/system/${SLOW_UNITS[stage]}.d/90-slow-stop.conf`,
      `[Service]\nTimeoutStopSec=${STOP_SECONDS}\nExecStop=/bin/sh -c "while [ -e ${toBlockPath(stage)} ]; do sleep 0.1; done"\n`,
    ],
  ]),
);

/** Waits until the stage runs on the host: it is stopping its unit, which does not exit. */
export const awaitStopping = async (host: RealNode, stage: HostStage): Promise<void> => {
  await awaitCondition(
    `${stage} stops ${SLOW_UNITS[stage]} on the host ${host.name}`,
    async () => {
      const { stdout } = await host.exec(`systemctl is-active ${SLOW_UNITS[stage]}`);
      return stdout.trim() === 'deactivating';
    },
    { intervalMilliseconds: 200 },
  );
};

/** Lets the stage continue. */
export const release = async (host: RealNode, stage: HostStage): Promise<void> => {
  await host.read(`rm -f ${toBlockPath(stage)}`);
};

/** How often systemd has started each stage on the host, in order. */
export const readStarts = async (host: RealNode): Promise<readonly string[]> => {
  const journal = await host.read("journalctl -o cat --no-pager | grep -o 'Started node-decommission-[^ ]*' || true");
  return journal.split('\n').flatMap((line) => /-(stopKubelet|cleanHost)\.service/.exec(line)?.[1] ?? []);
};
