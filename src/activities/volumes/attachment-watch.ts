import type { VolumeAttachmentFacts } from '../../domain/cluster/facts.ts';
import type { Cluster, Follower } from '../../ports/cluster.ts';
import { ChangeSignal } from '../support/change-signal.ts';

/** Watches the VolumeAttachments of one node, and its pods, because they decide which attachments may stay. Call `stop` at the end. */
export class AttachmentWatch {
  readonly #followers: readonly Follower[];
  #attachments: Map<string, VolumeAttachmentFacts> | undefined;
  #trouble = '';
  readonly #changes = new ChangeSignal();

  constructor(cluster: Cluster, nodeName: string) {
    const change = (): void => {
      this.#trouble = '';
      this.#changes.note();
    };
    const ofThisNode = (attachment: VolumeAttachmentFacts): boolean => attachment.nodeName === nodeName;
    const attachments = cluster.followVolumeAttachments({
      onSync: (all) => {
        this.#attachments = new Map(all.filter(ofThisNode).map((attachment) => [attachment.name, attachment]));
        change();
      },
      onChange: (attachment) => {
        if (!ofThisNode(attachment)) return;
        this.#attachments?.set(attachment.name, attachment);
        change();
      },
      onRemove: (attachment) => {
        if (this.#attachments?.delete(attachment.name) === true) change();
      },
      onTrouble: ({ message }) => {
        this.#trouble = message;
      },
    });
    // Only wakes: the pods are read again. Their watch reports the same trouble.
    const pods = cluster.followPods(
      { nodeName },
      {
        onSync: () => undefined,
        onChange: change,
        onRemove: change,
        onTrouble: () => undefined,
      },
    );
    this.#followers = [attachments, pods];
  }

  /** The failure of the watch, until it recovers; empty for none. */
  get trouble(): string {
    return this.#trouble;
  }

  /**
   * The node's attachments after the next change; undefined when the watch reported none within `milliseconds`.
   *
   * @throws CancelledFailure as `cancelled`
   */
  async next(milliseconds: number, cancelled: Promise<never>): Promise<readonly VolumeAttachmentFacts[] | undefined> {
    const hasChanged = await this.#changes.next(milliseconds, cancelled);
    return hasChanged && this.#attachments ? [...this.#attachments.values()] : undefined;
  }

  stop(): void {
    for (const follower of this.#followers) follower.stop();
  }
}
