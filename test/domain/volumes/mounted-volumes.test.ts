import { describe, expect, it } from '@jest/globals';
import type { VolumeMount } from '../../../src/domain/host/facts.ts';
import { findMountsOfOthers, toMountsText, toStillMountedText } from '../../../src/domain/volumes/mounted-volumes.ts';

const STAYING = '11111111-1111-1111-1111-111111111111';
const GONE = '22222222-2222-2222-2222-222222222222';
const STATIC = 'd4f1f0a5b6c7d8e9f0a1b2c3d4e5f607';

const ofPod = (podUid: string, overrides: Partial<VolumeMount> = {}): VolumeMount => ({
  path: `/var/lib/kubelet/pods/${podUid}/volumes/kubernetes.io~csi/pv-1/mount`,
  device: '8:16',
  root: '/',
  podUid,
  ...overrides,
});

const shared = (overrides: Partial<VolumeMount> = {}): VolumeMount => ({
  path: '/var/lib/kubelet/plugins/kubernetes.io/csi/disk.csi/0a1b/globalmount',
  device: '8:16',
  root: '/',
  ...overrides,
});

describe('findMountsOfOthers', () => {
  const pathsOf = (mounts: readonly VolumeMount[]): readonly string[] =>
    findMountsOfOthers(mounts, [STAYING]).map(({ path }) => path);

  it.each<[string, VolumeMount]>([
    ['a pod that stays', ofPod(STAYING)],
    ['a static pod, which the API server may not know', ofPod(STATIC)],
  ])('ignores a mount of %s', (_name, mount) => {
    expect(pathsOf([mount])).toEqual([]);
  });

  it.each<[string, VolumeMount]>([
    ['a volume of another pod', ofPod(GONE)],
    ['a block device that is mapped for another pod', ofPod(GONE, { path: '/k/volumeDevices/publish/pv-1/x' })],
    ['a volume that is mounted for no pod', shared()],
  ])('finds %s', (_name, mount) => {
    expect(pathsOf([mount])).toEqual([mount.path]);
  });

  const shown: [name: string, global: Partial<VolumeMount>, used: Partial<VolumeMount>, isFound: boolean][] = [
    ['shows the same file system', {}, {}, false],
    ['shows a directory of it', {}, { root: '/data' }, false],
    ['shows a directory below the mounted one', { root: '/a' }, { root: '/a/b' }, false],
    ['shows a directory beside the mounted one', { root: '/a' }, { root: '/ab' }, true],
    ['shows another file system', {}, { device: '8:17' }, true],
    ['belongs to another pod', {}, { podUid: GONE }, true],
  ];
  it.each(shown)('a volume that is mounted for all its pods, when a mount %s', (_name, global, used, isFound) => {
    expect(pathsOf([shared(global), ofPod(STAYING, used)]).includes(shared().path)).toBe(isFound);
  });
});

describe('the text of mounts', () => {
  it('names a few of them, without control characters', () => {
    const mounts = Array.from({ length: 7 }, (_, index) => ofPod(GONE, { path: `/k/${index}\n` }));
    expect(toMountsText(mounts)).toBe('/k/0?, /k/1?, /k/2?, /k/3?, /k/4? and 2 more');
  });

  it('at the deadline: what is wrong, why it matters, what to do, which setting', () => {
    const text = toStillMountedText('node-1', [ofPod(GONE)]);
    expect(text).toContain(`On the host of node node-1 volumes are still mounted at the deadline`);
    expect(text).toContain(ofPod(GONE).path);
    expect(text).toContain('Only a running kubelet unmounts volumes properly');
    expect(text).toMatch(/waits\.detachSeconds in the worker's configuration\.$/);
  });
});
