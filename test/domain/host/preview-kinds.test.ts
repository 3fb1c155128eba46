import { describe, expect, it } from '@jest/globals';
import {
  addCounts,
  countByKind,
  KIND_TEXTS,
  limitByKind,
  PREVIEW_KINDS,
  toStaying,
} from '../../../src/domain/host/preview-kinds.ts';
import { previewItem } from '../../builders/preview-item.ts';

describe('countByKind', () => {
  it('counts each kind, in the order in which kinds are shown', () => {
    const items = [previewItem('image', 'a'), previewItem('link', 'cni0'), previewItem('link', 'flannel.1')];
    expect(Object.entries(countByKind(items))).toEqual([
      ['link', 2],
      ['image', 1],
    ]);
    expect(countByKind([])).toEqual({});
  });
});

describe('addCounts', () => {
  it('adds the counts of several hosts', () => {
    expect(addCounts([{ link: 2 }, {}, { link: 1, log: 4 }])).toEqual({ link: 3, log: 4 });
  });
});

describe('limitByKind', () => {
  it('takes the first of each kind', () => {
    const items = ['c', 'a', 'b'].flatMap((name) => [previewItem('log', name), previewItem('link', name)]);
    expect(limitByKind(items, 2).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'link c',
      'link a',
      'log c',
      'log a',
    ]);
  });
});

describe('toStaying', () => {
  const kept = [
    previewItem('cniConfiguration', '/etc/cni/net.d/10-calico.conflist'),
    previewItem('cniConfiguration', '/etc/cni/net.d/calico-kubeconfig'),
    previewItem('address', '10.0.0.5'),
    previewItem('address', '10.244.1.1'),
    previewItem('machineState', 'kubelet.service'),
  ];
  const touched = [
    previewItem('kubeconfig', '/etc/cni/net.d/calico-kubeconfig'),
    previewItem('unit', 'kubelet.service'),
  ];

  it("is without CNI files that are removed, and without the node's own addresses", () => {
    const staying = toStaying({ touched, kept }, ['InternalIP=10.0.0.5', 'Hostname=node-1']);
    expect(staying.map(({ name }) => name)).toEqual([
      '/etc/cni/net.d/10-calico.conflist',
      '10.244.1.1',
      'kubelet.service',
    ]);
  });
});

describe('KIND_TEXTS', () => {
  it('has a title of its own for each kind', () => {
    expect(new Set(PREVIEW_KINDS.map((kind) => KIND_TEXTS[kind].title)).size).toBe(PREVIEW_KINDS.length);
  });
});
