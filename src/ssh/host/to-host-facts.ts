import { isIPv6 } from 'node:net';
import type { HostFacts, HostIdentityFacts, HostMarker, HostMount, HostUnit } from '../../domain/host/facts.ts';
import type { PreviewItem, PreviewKind } from '../../domain/host/preview.ts';
import type { Answer } from './answer.ts';
import { decodeMountPath } from './decode-mount-path.ts';
import { toHostRuntime } from './to-host-runtime.ts';
import { toKubeletIdentity } from './to-kubelet-identity.ts';
import { toVolumeMounts } from './to-volume-mounts.ts';

/** Maps the probe's output to facts. The output is complete and includes every part that had to be read. */
export const toHostFacts = (answer: Answer): HostFacts => {
  const runtime = toHostRuntime(answer);
  return {
    ...toHostIdentity(answer),
    hasSystemd: answer.text('systemd') === '1',
    units: answer.all('unit').map(toUnit),
    ...(runtime && { runtime }),
    sandboxCount: toCount(answer.text('sandbox')),
    containerCount: toCount(answer.text('container')),
    shimPids: answer.texts('shim').map(Number),
    busyPodCgroups: answer.texts('cgroup'),
    mounts: toMounts(answer),
    kubeletPortIsOpen: answer.has('kubeletPort') ? answer.text('kubeletPort') === '1' : undefined,
    runningProxies: answer.texts('proxy'),
    credentialPaths: answer.texts('credential'),
    layout: {
      facts: answer.all('fact').map(([name = '', value = '']) => ({ name, value })),
      preview: { touched: toPreviewItems(answer, 'touch'), kept: toPreviewItems(answer, 'stay') },
    },
    unknowns: answer.all('unknown').map(([what = '', command = '']) => ({ what, command })),
    unseen: answer.all('unseen').map(([name = '', why = '']) => ({ name, why })),
  };
};

/** The same for the part that identifies the host. */
export const toHostIdentity = (answer: Answer): HostIdentityFacts => {
  const kubeletIdentity = toKubeletIdentity(answer.text('certificate'), answer.texts('ca'));
  const marker = toMarker(answer);
  return {
    machineID: answer.text('machineID') ?? '',
    systemUUID: answer.text('systemUUID') ?? '',
    bootID: answer.text('bootID') ?? '',
    hostName: answer.text('hostName') ?? '',
    addresses: [...new Set(answer.texts('address').map(toCanonicalAddress))],
    ...(kubeletIdentity && { kubeletIdentity }),
    ...(marker && { marker }),
    controlPlaneSigns: answer.texts('sign'),
    isRoot: answer.text('root') === '1',
    volumeMounts: toVolumeMounts(answer),
  };
};

/** The scripts of this version print the kinds of this version. */
const toPreviewItems = (answer: Answer, key: 'touch' | 'stay'): readonly PreviewItem[] =>
  answer.all(key).map(([kind = '', name = '', detail = '']) => ({ kind: kind as PreviewKind, name, detail }));

const toMarker = (answer: Answer): HostMarker | undefined => {
  const read = (field: keyof HostMarker): string => answer.text(`marker.${field}`) ?? '';
  const operationId = read('operationId');
  if (operationId === '') return undefined;
  return {
    operationId,
    nodeName: read('nodeName'),
    nodeUid: read('nodeUid'),
    machineID: read('machineID'),
    caHashes: read('caHashes')
      .split(' ')
      .filter((hash) => hash !== ''),
  };
};

const toUnit = ([name = '', loadState = '', activeState = '', unitFileState = '']: readonly string[]): HostUnit => ({
  name,
  loadState: orEmpty(loadState),
  activeState: orEmpty(activeState),
  unitFileState: orEmpty(unitFileState),
});

const toMounts = (answer: Answer): readonly HostMount[] =>
  answer.all('mount').map(([path = '', fileSystem = '', podUid = '']) => ({
    path: decodeMountPath(path),
    fileSystem,
    ...(podUid !== '' && { podUid }),
  }));

/** In the kubelet's notation (RFC 5952). */
const toCanonicalAddress = (address: string): string =>
  isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

const toCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

const orEmpty = (text: string): string => (text === '-' ? '' : text);
