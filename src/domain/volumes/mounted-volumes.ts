import type { VolumeMount } from '../host/facts.ts';
import { toShortList } from '../text/counts.ts';
import { toVisibleText } from '../text/visible-text.ts';

const MAX_NAMED = 5;
const MAX_PATH_LENGTH = 250;

/** As the API server creates them. The kubelet gives a static pod that it reads from a file a UID without dashes (k/k `applyDefaults`). */
const API_UID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The volumes that are mounted on a host for other pods than those that stay. A static pod stays, even if the API server has no mirror pod of
 * it. A volume that the kubelet mounted for all its pods is in use by a pod that stays if one of that pod's mounts shows the same
 * directory of the same device, or one below it.
 *
 * @param stayingUids UIDs of the pods that stay, as the host knows them: see `toHostUids`
 */
export const findMountsOfOthers = (
  mounts: readonly VolumeMount[],
  stayingUids: readonly string[],
): readonly VolumeMount[] => {
  const isOfStaying = ({ podUid }: VolumeMount): boolean =>
    podUid !== undefined && (stayingUids.includes(podUid) || !API_UID.test(podUid));
  const staying = mounts.filter(isOfStaying);
  return mounts.filter((mount) =>
    mount.podUid === undefined ? !staying.some((used) => isShownBy(mount, used)) : !isOfStaying(mount),
  );
};

const isShownBy = (shared: VolumeMount, used: VolumeMount): boolean =>
  shared.device === used.device && isAtOrBelow(used.root, shared.root);

const isAtOrBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);

/** A few of the paths, and how many more there are. */
export const toMountsText = (mounts: readonly VolumeMount[]): string =>
  toShortList(
    mounts.map(({ path }) => toVisibleText(path, MAX_PATH_LENGTH)),
    MAX_NAMED,
  );

/** Why the run ends at the deadline, and what to do. */
export const toStillMountedText = (nodeName: string, mounts: readonly VolumeMount[]): string =>
  [
    `On the host of node ${nodeName} volumes are still mounted at the deadline that no remaining pod uses: ${toMountsText(mounts)}.`,
    'Only a running kubelet unmounts volumes properly, and this run stops it: a volume that stays mounted could be damaged.',
    "Check the kubelet's log on that host for failed unmounts, and which process uses the path (`fuser -vm <path>`).",
    'Restart the kubelet if it no longer knows the volume: it then unmounts volumes of pods that are gone.',
    "To wait longer, set waits.detachSeconds in the worker's configuration.",
  ].join(' ');
