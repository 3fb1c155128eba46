import { describe, expect, it } from '@jest/globals';
import { readRecentAttachments } from '../../../src/activities/volumes/recent-attachments.ts';
import { ClusterFailure } from '../../../src/ports/cluster-failure.ts';
import { volumeAttachment } from '../../builders/volume-attachment.ts';
import { settle, useFakeClock } from '../../fakes/fake-clock.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

let cluster: FakeCluster;

useFakeClock(() => cluster);

describe('readRecentAttachments', () => {
  it('nodes that ask within a second share one LIST', async () => {
    cluster = new FakeCluster({ attachments: [volumeAttachment()] });
    const read = await Promise.all([readRecentAttachments(cluster), readRecentAttachments(cluster)]);
    await settle(999);
    expect([...read, await readRecentAttachments(cluster)].map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(cluster.argsOf('readVolumeAttachments')).toHaveLength(1);
    await settle(1);
    await readRecentAttachments(cluster);
    expect(cluster.argsOf('readVolumeAttachments')).toHaveLength(2);
  });

  it('a failure is not shared with later ones', async () => {
    cluster = new FakeCluster();
    cluster.fail('readVolumeAttachments', new ClusterFailure('Unreachable', 'no response'));
    await expect(readRecentAttachments(cluster)).rejects.toMatchObject({ reason: 'Unreachable' });
    await expect(readRecentAttachments(cluster)).resolves.toEqual([]);
  });
});
