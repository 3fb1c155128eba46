import { createHash } from 'node:crypto';
import type { Inability } from '../../domain/host/ability.ts';
import type { HostFacts, HostIdentityFacts } from '../../domain/host/facts.ts';
import { toBindingList } from '../../domain/host/preview.ts';
import type { HostStage, StageState } from '../../domain/host/stage.ts';
import type { Withdrawal } from '../../domain/host/withdrawal.ts';
import { HostFailure } from '../../ports/host-failure.ts';
import type { HostFailureReason } from '../../ports/host-failure.ts';
import type { Host, StageInput } from '../../ports/host.ts';
import type { RemoteShell, ScriptCall } from '../connection/remote-shell.ts';
import { Answer } from './answer.ts';
import { loadScript } from './load-script.ts';
import { toOperationFolder } from './operation-folder.ts';
import { toHostFacts, toHostIdentity } from './to-host-facts.ts';
import { toStageState } from './to-stage-state.ts';

const PROBE_SECONDS = 180;
const ABILITY_SECONDS = 240;
const START_SECONDS = 120;
const READ_SECONDS = 60;

/**
 * A host with systemd, reached through a shell with root privileges; the port documents each call. It runs the scripts beside this file:
 * the probe changes nothing; the trial of what stages need is removed again; a stage is stored on the host, checked against its hash and started as a transient unit, whose name prevents
 * a second start. A stage writes into `/var/lib/node-decommission/<operation>`, never to the connection.
 */
export class ShellHost implements Host {
  readonly #shell: RemoteShell;
  readonly #label: string;
  readonly #unreadHomes: 'refuse' | 'leave';

  /**
   * @param label name of the host in messages, e.g. `node "w1" (10.0.0.5:22)`.
   * @param settings `unreadHomes: 'leave'` lists homes that cannot be searched among what stays; default: they count as not checked.
   */
  constructor(
    shell: RemoteShell,
    label: string,
    { unreadHomes = 'refuse' }: { readonly unreadHomes?: 'refuse' | 'leave' } = {},
  ) {
    this.#shell = shell;
    this.#label = label;
    this.#unreadHomes = unreadHomes;
  }

  async readFacts(kubeletUnits: readonly string[], operationId?: string): Promise<HostFacts> {
    const script = `UNREAD_HOMES=${this.#unreadHomes}\n${loadScript('probe')}`;
    return toHostFacts(await this.#probe(script, kubeletUnits, operationId));
  }

  async readIdentity(kubeletUnits: readonly string[], operationId: string): Promise<HostIdentityFacts> {
    const answer = await this.#probe(loadScript('identify'), kubeletUnits, operationId);
    const [name, why] = answer.all('unseen')[0] ?? [];
    if (name !== undefined) throw this.#toFailure('Unknown', `it is unknown ${name}: ${why ?? ''}`);
    return toHostIdentity(answer);
  }

  async #probe(script: string, kubeletUnits: readonly string[], operationId = ''): Promise<Answer> {
    const answer = await this.#ask({
      script,
      arguments: [operationId === '' ? '' : toOperationFolder(operationId), ...kubeletUnits],
      deadlineSeconds: PROBE_SECONDS,
      readsOnly: true,
    });
    const missing = answer.text('missing');
    if (missing !== undefined) {
      throw this.#toFailure(
        'Unsupported',
        `it has no ${missing}, which is required to inspect and clean a host; install it`,
      );
    }
    const unsupported = answer.text('unsupported');
    if (unsupported !== undefined) throw this.#toFailure('Unsupported', unsupported);
    this.#checkComplete(answer);
    return answer;
  }

  async proveAbility(): Promise<readonly Inability[]> {
    const answer = await this.#ask({ script: loadScript('proveAbility'), deadlineSeconds: ABILITY_SECONDS });
    this.#checkRights(answer);
    this.#checkComplete(answer);
    return answer.all('unable').map(([what = '', words = '']) => ({ what: what as Inability['what'], words }));
  }

  async startStage(
    stage: HostStage,
    { marker, kubeletUnits, layout, deadlineSeconds, round = 0 }: StageInput,
  ): Promise<void> {
    const script = loadScript('stage');
    const answer = await this.#ask({
      script: loadScript('startStage'),
      arguments: [
        toOperationFolder(marker.operationId),
        stage,
        createHash('sha256').update(script).digest('hex'),
        String(deadlineSeconds),
        marker.operationId,
        marker.nodeName,
        marker.nodeUid,
        marker.machineID,
        marker.caHashes.join(' '),
        String(round),
        layout.facts.map(({ name, value }) => `${name}\t${value}`).join('\n'),
        toBindingList(layout.preview)
          .map(({ kind, name }) => `${kind}\t${name}`)
          .join('\n'),
        ...kubeletUnits,
      ],
      input: script,
      deadlineSeconds: START_SECONDS,
    });
    this.#checkRights(answer);
    const isUnderWay = answer.has('started') || answer.has('running') || answer.has('ended');
    if (isUnderWay) return;
    throw answer.has('unsupported')
      ? this.#toFailure('Unsupported', `${stage} cannot run there: ${answer.text('unsupported') ?? ''}`)
      : this.#toFailure(
          'Unknown',
          `it is unknown whether ${stage} was started: ${answer.text('retry') ?? 'the host reported nothing'}`,
        );
  }

  async readStage(stage: HostStage, operationId: string): Promise<StageState> {
    const answer = await this.#ask({
      script: loadScript('readStage'),
      arguments: [toOperationFolder(operationId), stage],
      deadlineSeconds: READ_SECONDS,
      readsOnly: true,
    });
    this.#checkRights(answer);
    const retry = answer.text('retry');
    if (retry !== undefined) throw this.#toFailure('Unknown', `the state of ${stage} could not be read: ${retry}`);
    this.#checkComplete(answer);
    return toStageState(answer);
  }

  async withdraw(kubeletUnits: readonly string[], operationId: string, plannedBootID: string): Promise<Withdrawal> {
    const answer = await this.#ask({
      script: loadScript('withdraw'),
      arguments: [toOperationFolder(operationId), plannedBootID, ...kubeletUnits],
      deadlineSeconds: READ_SECONDS,
    });
    this.#checkRights(answer);
    if (answer.has('untouched')) return 'Untouched';
    if (answer.has('touched')) return 'Touched';
    if (answer.has('unclear')) return 'Unclear';
    throw this.#toFailure(
      'Unknown',
      `it is unknown whether a stage has changed it: ${answer.text('retry') ?? 'the host reported nothing'}`,
    );
  }

  async close(): Promise<void> {
    await this.#shell.close();
  }

  async #ask(call: ScriptCall): Promise<Answer> {
    const end = await this.#shell.run(call);
    switch (end.kind) {
      case 'unknown':
        throw new HostFailure('Unknown', end.message);
      case 'signalled':
        throw this.#toFailure('Unknown', `its shell was killed by ${end.signal}`);
      case 'exited':
        if (end.code === 0) return new Answer(end.stdout);
        throw this.#toFailure('Unreadable', `its shell ended with exit code ${end.code}`);
    }
  }

  #checkRights(answer: Answer): void {
    if (answer.has('noRights')) {
      throw this.#toFailure('NoRights', 'the login has no root privileges there; log in as root, or set `sudo: true`');
    }
  }

  #checkComplete(answer: Answer): void {
    if (!answer.isComplete) throw this.#toFailure('Unreadable', 'its response is incomplete');
  }

  #toFailure(reason: HostFailureReason, problem: string): HostFailure {
    return new HostFailure(reason, `The host of ${this.#label}: ${problem}.`);
  }
}
