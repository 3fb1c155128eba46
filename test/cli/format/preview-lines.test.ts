import { describe, expect, it } from '@jest/globals';
import { toHostLines, toPreviewLines } from '../../../src/cli/format/preview-lines.ts';
import { hostReport } from '../../builders/decommission-report.ts';
import { previewItem } from '../../builders/preview-item.ts';

const many = (kind: 'file' | 'link', count: number): ReturnType<typeof previewItem>[] =>
  Array.from({ length: count }, (_, index) => previewItem(kind, `${kind}-${index}`, 'of another cluster'));

describe('toPreviewLines', () => {
  it('names what is touched, and gives the reason for what stays; up to eight of a kind', () => {
    const touched = [previewItem('unit', 'kubelet.service', 'stopped, disabled and masked'), ...many('file', 9)];
    const kept = [...many('link', 9), ...many('file', 10), previewItem('runtime', 'docker.service', 'in use')];
    expect(toPreviewLines({ touched, kept }, 1)).toEqual([
      ' host cleanup touches:',
      '   units (1): kubelet.service',
      '   files (9): file-0, file-1, file-2, file-3, file-4, file-5, file-6, file-7 and 1 more',
      ' host cleanup leaves:',
      '   container runtimes (1):',
      '     docker.service: in use',
      '   files (10):',
      ...Array.from({ length: 8 }, (_, index) => `     file-${index}: of another cluster`),
      '     and 2 more',
      '   network links (9): link-0, link-1, link-2, link-3, link-4, link-5, link-6, link-7 and 1 more',
    ]);
  });

  it('shortens ids of containers, also in cgroups', () => {
    const id = '1ddaf7ca3e7c8'.padEnd(64, '0');
    const touched = [
      previewItem('container', id, 'removed'),
      previewItem('process', `/kubepods/pod8fab/${id}`, 'killed'),
    ];
    expect(toPreviewLines({ touched, kept: [] }, 0)).toEqual([
      'host cleanup touches:',
      '  containers (1): 1ddaf7ca3e7c8',
      '  processes (1): /kubepods/pod8fab/1ddaf7ca3e7c8',
    ]);
  });

  it('has no lines for an empty preview', () => {
    expect(toPreviewLines({ touched: [], kept: [] }, 1)).toEqual([]);
  });
});

describe('toHostLines', () => {
  it('counts what is not listed', () => {
    const report = { ...hostReport({ kept: many('file', 2) }), keptCounts: { file: 60, link: 3 } };
    expect(toHostLines(report, 0)).toEqual([
      'still on the host:',
      '  files (60):',
      '    file-0: of another cluster',
      '    file-1: of another cluster',
      '    and 58 more',
      '  network links (3)',
      '  A restart of the machine removes: network links, unless the host itself restores them.',
    ]);
  });
});
