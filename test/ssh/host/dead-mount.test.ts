import { expect, it, jest } from '@jest/globals';
import { boundRows } from '../../long-run.ts';
import { describeWithDeadMounts, plantDeadMount } from './dead-mount.ts';
import { useScratchHost } from './scratch-host.ts';

jest.setTimeout(60_000);

describeWithDeadMounts('a mount whose server is dead', () => {
  const host = useScratchHost();
  /** Starts an access in the background. */
  const access = (path: string): Promise<string> =>
    host.sh(`stat '${path}' >/dev/null 2>/run/output & pid=$!
      for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.05; case $(cat /proc/$pid/stat 2>/dev/null) in *') D '* | *') S '*) ;; *) exit 1 ;; esac; done
      echo $pid`);
  const isThere = async (pid: string): Promise<boolean> =>
    (await host.sh(`sleep 0.3; case $(cat /proc/${pid}/stat 2>/dev/null) in '' | *') Z '*) ;; *) echo yes ;; esac`)) ===
    'yes';

  const kinds = [
    ['unkillable', true],
    ['killable', false],
  ] as const;
  it.each(boundRows(kinds, 2))('hangs each access: %s', async (kind, stays) => {
    const mount = await plantDeadMount(host, '/srv/dead', kind);
    for (const path of ['/srv/dead', '/srv/dead/below']) {
      const pid = await access(path);
      expect(await isThere(pid)).toBe(true);
      await host.sh(`kill -KILL ${pid}`);
      expect(await isThere(pid)).toBe(stays);
    }
    const last = await access('/srv/dead');
    await mount.abort();
    expect(await isThere(last)).toBe(false);
    expect(await host.sh('cat /run/output')).toMatch(/connection abort/);
  });
});
