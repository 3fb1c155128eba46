import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../src/ports/host.ts';
import { HostFailure } from '../../src/ports/host-failure.ts';
import { createSshHosts } from '../../src/ssh/create-ssh-hosts.ts';
import type { RemoteShell } from '../../src/ssh/connection/remote-shell.ts';
import type { KeepaliveSettings, SshSettings } from '../../src/ssh/connection/ssh-settings.ts';
import { Relay } from './servers/relay.ts';
import type { SshTestServer } from './servers/ssh-test-server.ts';

export const LOOPBACK = '127.0.0.1';

/** A dead connection counts as lost after 0.8 s; only for tests of dead connections. */
export const SHORT_KEEPALIVE: KeepaliveSettings = { seconds: 0.2, tries: 3 };

export interface ConnectOptions {
  /** Overrides of `settingsFor`. */
  readonly settings?: Partial<SshSettings>;
  /** Default: LOOPBACK. */
  readonly addresses?: readonly string[];
  readonly keepalive?: KeepaliveSettings;
}

/** Files, relays and shells of one test; `close` ends all of them. */
export class SshScene {
  readonly folder = mkdtempSync(join(tmpdir(), 'ssh-scene-'));
  readonly #closing: (() => Promise<void>)[] = [];

  write(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** Lines of known_hosts for a server under several addresses. */
  toKnownHosts(
    server: Pick<SshTestServer, 'hostKeys'>,
    port: number,
    addresses: readonly string[] = [LOOPBACK],
  ): string {
    const names = addresses.map((address) => `[${address}]:${port}`).join(',');
    return server.hostKeys.map((key) => `${names} ${key}\n`).join('');
  }

  settingsFor(server: SshTestServer, port = server.port): SshSettings {
    return {
      port,
      user: 'root',
      login: { kind: 'identityFile', path: this.write('id', server.clientKey.privateKey) },
      knownHosts: [this.write('known_hosts', this.toKnownHosts(server, port))],
      sudo: false,
      connectTimeoutSeconds: 10,
    };
  }

  /** Connects with `createSshHosts`; the shell is closed with the scene. */
  async connect(settings: SshSettings | undefined, options: ConnectOptions = {}): Promise<OpenShell> {
    let shell: RemoteShell | undefined;
    let label = '';
    const hosts = createSshHosts(
      () => (settings === undefined ? undefined : { ...settings, ...options.settings }),
      (open, name) => {
        shell = open;
        label = name;
        return {} as Host;
      },
      options.keepalive,
    );
    await hosts.connect({ nodeName: 'n1', addresses: options.addresses ?? [LOOPBACK] });
    const opened = shell;
    if (opened === undefined) {
      throw new Error('No shell was opened.');
    }
    this.later(() => opened.close());
    return { shell: opened, label };
  }

  async startRelay(server: SshTestServer): Promise<Relay> {
    const relay = await Relay.start({ port: server.port });
    this.later(() => relay.stop());
    return relay;
  }

  /** Runs `work` at the end, in reverse order. */
  later(work: () => Promise<void>): void {
    this.#closing.unshift(work);
  }

  async close(): Promise<void> {
    for (const work of this.#closing) {
      await work();
    }
    rmSync(this.folder, { recursive: true });
  }
}

export interface OpenShell {
  readonly shell: RemoteShell;
  readonly label: string;
}

/** The HostFailure that a promise rejects with. */
export const catchFailure = async (work: Promise<unknown>): Promise<HostFailure> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof HostFailure) {
      return error;
    }
    throw error;
  }
  throw new Error('There was no failure.');
};
