import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { describeOnScratchHost } from './scratch-host.ts';
import type { ScratchHost } from './scratch-host.ts';

const HAS_FUSE = existsSync('/dev/fuse');
if (!HAS_FUSE) process.stderr.write('\nNO DEAD MOUNT IS TESTED: this machine has no /dev/fuse.\n\n');

/** As `describeOnScratchHost`; skipped where no file system without a server can be mounted. */
export const describeWithDeadMounts = HAS_FUSE ? describeOnScratchHost : describe.skip;

/**
 * How accesses hang. `killable`: the server never reads the request, as one that was stopped; a signal ends the access (as with NFS today).
 * `unkillable`: the server read the request and never answers; no signal ends the access.
 */
export type DeadMountKind = 'killable' | 'unkillable';

export interface DeadMount {
  /** Ends the server: every access that hangs fails at once. The mount stays, and each further access fails (ENOTCONN). */
  readonly abort: () => Promise<void>;
}

/** FUSE's protocol: the answer to FUSE_INIT (version 7.31, writes of 4 KiB), then nothing. */
const SERVER = String.raw`
  $^F = 255;
  my ($path, $kind) = @ARGV;
  open(my $device, '+<', '/dev/fuse') or die "no /dev/fuse: $!";
  my $options = 'fd=' . fileno($device) . ',rootmode=40000,user_id=0,group_id=0,allow_other';
  system('mount', '-i', '-t', 'fuse', '-o', $options, 'dead', $path) == 0 or die 'not mounted';
  sysread($device, my $request, 1 << 20) or die 'no request';
  my $unique = substr($request, 8, 8);
  my $answer = pack('LLLLSSLLSSLL7', 7, 31, 4096, 0, 1000, 900, 4096, 1, 1, 0, 0, (0) x 7);
  syswrite($device, pack('Ll', 16 + length($answer), 0) . $unique . $answer) or die 'no answer';
  open(my $ready, '>', "/run/dead-mount.$$");
  close($ready);
  sleep 600 if $kind eq 'killable';
  1 while sysread($device, my $ignored, 1 << 20);
  sleep 600;
`;

/**
 * Mounts a file system whose server never answers, e.g. in place of NFS whose server is dead: every access to the path or to anything below
 * it hangs, `stat` of the path itself included. It is in the mount table with the type `fuse`. Ends with the host; needs `/dev/fuse`.
 */
export const plantDeadMount = async (
  host: ScratchHost,
  path: string,
  kind: DeadMountKind = 'unkillable',
): Promise<DeadMount> => {
  const pid = await host.sh(`
    if [ ! -e /dev/fuse ]; then mknod -m 600 /dev/fuse c 10 229; fi
    mkdir -p '${path}'
    setsid perl -e '${SERVER.replaceAll("'", String.raw`'\''`)}' '${path}' ${kind} </dev/null >/dev/null 2>/run/dead-mount.log &
    pid=$!
    until [ -e /run/dead-mount.$pid ]; do
      if [ ! -e /proc/$pid ]; then cat /run/dead-mount.log >&2; exit 1; fi
      sleep 0.02
    done
    echo $pid`);
  return {
    abort: async () => {
      await host.sh(
        `kill -KILL ${pid}; while [ -e /proc/${pid} ] && ! grep -q '^State:.Z' /proc/${pid}/status; do sleep 0.02; done`,
      );
    },
  };
};
