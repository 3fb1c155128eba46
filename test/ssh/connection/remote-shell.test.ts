import { describe, expect, it, jest } from '@jest/globals';
import { describeRemoteShell } from './remote-shell-contract.ts';
import { findOpenSshObstacle, startOpenSshServer } from '../servers/open-ssh-server.ts';
import { startScriptedServer } from '../servers/scripted-server.ts';

jest.setTimeout(30_000);

describeRemoteShell({ name: "ssh2's server", start: startScriptedServer, takesBigPackets: false });

const obstacle = findOpenSshObstacle();
if (obstacle === undefined) {
  describeRemoteShell({ name: 'OpenSSH', start: startOpenSshServer, takesBigPackets: true });
} else if (['true', '1'].includes(process.env['CI'] ?? '')) {
  it('has the real OpenSSH server', () => {
    expect(obstacle).toBeUndefined();
  });
} else {
  process.stderr.write(`\nTHE TESTS AGAINST THE REAL OPENSSH SERVER DID NOT RUN. ${obstacle}\n`);
  describe('a remote shell on OpenSSH', () => {
    it.skip(obstacle, () => undefined);
  });
}
