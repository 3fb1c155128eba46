import type { PreviewItem, PreviewKind } from '../../src/domain/host/preview.ts';

export const previewItem = (kind: PreviewKind, name: string, detail = ''): PreviewItem => ({ kind, name, detail });
