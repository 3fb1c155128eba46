import type { ScratchHost } from './scratch-host.ts';
import { KUBELET_UNITS } from './worker-node.ts';

/** The lines of one probe of the host that begin with one of these keys. */
export const readProbeLines = async (host: ScratchHost, ...keys: readonly string[]): Promise<readonly string[]> => {
  let output = '';
  const shell = {
    run: async (call: Parameters<ScratchHost['shell']['run']>[0]) => {
      const end = await host.shell.run(call);
      if (end.kind === 'exited') output = end.stdout;
      return end;
    },
    close: () => Promise.resolve(),
  };
  await host.connect(shell).readFacts(KUBELET_UNITS);
  return output.split('\n').filter((line) => keys.some((key) => line.startsWith(`${key}\t`)));
};
