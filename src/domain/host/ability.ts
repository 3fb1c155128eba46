/** Something that every stage needs and that failed when it was tried on the host. */
export interface Inability {
  readonly what: 'stateFolder' | 'unitFolder' | 'transientUnit' | 'systemd';
  /** What the tool printed, at most 300 characters, or its version. */
  readonly words: string;
}

/** Why the stages cannot run on the host, by what was tried there. Whole sentences; empty when they can. Pure. */
export const judgeHostAbility = (inabilities: readonly Inability[]): readonly string[] => inabilities.map(describe);

const describe = ({ what, words }: Inability): string => {
  const quoted = words === '' ? 'it did not respond in time' : `"${words}"`;
  switch (what) {
    case 'stateFolder':
      return (
        `The host cannot store the state of its stages in /var/lib/node-decommission: ${quoted}. ` +
        'Make the directory writable for root, with free space and free inodes.'
      );
    case 'unitFolder':
      return (
        `On the host, no unit can be masked, so its kubelet could be started again: ${quoted}. ` +
        'Make /etc/systemd/system writable for root, with free space and free inodes.'
      );
    case 'transientUnit':
      return `The host's systemd does not run the unit of a stage: ${quoted}. Find the cause on the host with \`systemd-run true\`.`;
    case 'systemd':
      return (
        `The host runs systemd ${words}, which lacks RuntimeMaxSec (since 229), so a stage that hangs would never end. ` +
        'Upgrade it, or clean the host manually and set `hostCleanup: skip`.'
      );
  }
};
