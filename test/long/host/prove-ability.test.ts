import { expect, it, jest } from '@jest/globals';
import { judgeHostAbility } from '../../../src/domain/host/ability.ts';
import { describeWithDeadMounts, plantDeadMount } from '../../ssh/host/dead-mount.ts';
import { runStage } from '../../ssh/host/run-stage.ts';
import { describeOnScratchHost, useScratchHost } from '../../ssh/host/scratch-host.ts';
import { plantWorker, stageInput } from '../../ssh/host/worker-node.ts';

const STATE = '/var/lib/node-decommission';
const UNITS = '/etc/systemd/system';

jest.setTimeout(60_000);

/** A systemd-run that prints these words and fails. */
const failingSystemdRun = (words: string): string =>
  `printf '#!/bin/sh\\necho "${words}" >&2\\nexit 1\\n' >/usr/local/bin/systemd-run`;

interface Obstacle {
  readonly name: string;
  readonly plant: string;
  readonly what: string;
  readonly words: RegExp;
}

const OBSTACLES: readonly Obstacle[] = [
  {
    name: 'a read-only /var/lib',
    plant: 'mount -t tmpfs -o ro none /var/lib',
    what: 'stateFolder',
    words: /Read-only file system/,
  },
  {
    name: 'a read-only state folder',
    plant: `mkdir -m 700 ${STATE}; mount -t tmpfs -o ro,mode=700 none ${STATE}`,
    what: 'stateFolder',
    words: /Read-only file system/,
  },
  {
    name: 'a full disk',
    plant: `mkdir -m 700 ${STATE}; mount -t tmpfs -o size=64k,mode=700 none ${STATE}; cat /dev/zero >${STATE}/filler 2>/dev/null; true`,
    what: 'stateFolder',
    words: /No space left on device/,
  },
  {
    name: 'a disk with less space than a stage writes',
    plant: `mkdir -m 700 ${STATE}; mount -t tmpfs -o size=512k,mode=700 none ${STATE}`,
    what: 'stateFolder',
    words: /No space left on device/,
  },
  {
    name: 'a disk without free inodes',
    plant: `mkdir -m 700 ${STATE}; mount -t tmpfs -o nr_inodes=10,mode=700 none ${STATE}`,
    what: 'stateFolder',
    words: /No space left on device/,
  },
  {
    name: 'a link in place of the state folder',
    plant: `mkdir /srv/x; ln -s /srv/x ${STATE}`,
    what: 'stateFolder',
    words: /not a directory owned by root/,
  },
  {
    name: 'the state folder of another user',
    plant: `mkdir ${STATE}; chown 1000 ${STATE}`,
    what: 'stateFolder',
    words: /not a directory owned by root/,
  },
  {
    name: 'a read-only /etc',
    plant: 'mount -t tmpfs -o ro none /etc',
    what: 'unitFolder',
    words: /No such file|Read-only/,
  },
  {
    name: 'a read-only folder of units',
    plant: `mount -t tmpfs -o ro none ${UNITS}`,
    what: 'unitFolder',
    words: /Read-only file system/,
  },
  {
    name: 'a full folder of units',
    plant: `mount -t tmpfs -o nr_inodes=1 none ${UNITS}`,
    what: 'unitFolder',
    words: /No space left on device/,
  },
  {
    name: 'a systemd that starts no unit',
    plant: failingSystemdRun('Failed to start transient service unit: Access denied'),
    what: 'transientUnit',
    words: /^Failed to start transient service unit: Access denied\s*$/,
  },
  {
    name: 'a systemd that does not know a property',
    plant: failingSystemdRun('Unknown assignment: RuntimeMaxSec=60'),
    what: 'transientUnit',
    words: /Unknown assignment: RuntimeMaxSec=60/,
  },
  {
    name: 'a systemd whose words are long and contain control characters',
    plant: `printf '#!/bin/sh\\nprintf "\\\\033[31mred\\\\a"; head -c 9000 /dev/zero | tr "\\\\0" x; exit 1\\n' >/usr/local/bin/systemd-run`,
    what: 'transientUnit',
    words: /^\?\[31mred\?x{200,300}$/,
  },
  {
    name: 'a unit whose processes cannot write there',
    plant: `printf '#!/bin/sh\\nexit 0\\n' >/usr/local/bin/systemd-run`,
    what: 'transientUnit',
    words: /wrote nothing .*; its result is success/,
  },
  {
    name: 'a systemd that is too old',
    plant: `mv /usr/local/bin/systemctl /usr/local/bin/systemctl.real
      printf '#!/bin/sh\\n[ "$1" != --version ] || exec echo "systemd 219"\\nexec /usr/local/bin/systemctl.real "$@"\\n' >/usr/local/bin/systemctl
      chmod +x /usr/local/bin/systemctl`,
    what: 'systemd',
    words: /^219$/,
  },
];

describeOnScratchHost('what stages need of a host', () => {
  const host = useScratchHost([], plantWorker);
  const listFiles = (): Promise<string> => host.sh('find /etc /var /run -path /run/stub -prune -o -print | sort');

  it('is tried without a trace, with the properties of a stage', async () => {
    const before = await listFiles();
    expect(await host.connect().proveAbility()).toEqual([]);
    expect(await listFiles()).toBe(before);
    await runStage(host.connect(), 'stopKubelet', stageInput({ deadlineSeconds: 60 }));
    const properties = (await host.calls('systemd-run')).map((call) => call.match(/--property=\S+/g));
    expect(properties).toHaveLength(2);
    expect(properties[0]).toEqual(properties[1]);
  });

  it('is tried beside the state of an earlier operation, which stays', async () => {
    await runStage(host.connect(), 'stopKubelet');
    const before = await listFiles();
    expect(await host.connect().proveAbility()).toEqual([]);
    expect(await listFiles()).toBe(before);
  });

  it.each(OBSTACLES)('fails with $name', async ({ plant, what, words }) => {
    await host.sh(plant);
    const before = await listFiles();
    const found = await host.connect().proveAbility();
    expect(found).toEqual([{ what, words: expect.stringMatching(words) as unknown }]);
    expect(await listFiles()).toBe(before);
    expect(await host.sh('cat /run/stub/units/kubelet.service')).toBe('loaded active enabled');
    expect(judgeHostAbility(found)).toEqual([expect.stringMatching(/^[A-Z].*[.`]$/)]);
  });
});

describeWithDeadMounts('a state folder on a dead file server', () => {
  const host = useScratchHost([], plantWorker);

  it('is refused in time', async () => {
    await plantDeadMount(host, STATE, 'killable');
    expect(await host.connect().proveAbility()).toEqual([{ what: 'stateFolder', words: '' }]);
  });
});
