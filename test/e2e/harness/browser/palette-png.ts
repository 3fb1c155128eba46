import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLORS = 256;
const TRUE_COLOR = 2;
const TRUE_COLOR_WITH_ALPHA = 6;
const PALETTE = 3;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** One number for each pixel, 0xRRGGBB. */
  readonly colors: Uint32Array;
}

/**
 * The same picture with at most 256 colours, which takes a third of the bytes: the most frequent ones stay, each other becomes the one that is
 * nearest to it. Pure.
 * @throws Error: not a PNG with 8 bits a channel, as browsers write them.
 */
export const toPalettePng = (png: Buffer): Buffer => {
  const { width, height, colors } = decode(png);
  const palette = toPalette(colors);
  const indexes = new Map(palette.map((color, index) => [color, index]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < colors.length; at += 1) {
    const color = colors[at] ?? 0;
    const index = indexes.get(color) ?? findNearest(palette, color);
    indexes.set(color, index);
    rows[at + Math.floor(at / width) + 1] = index;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, PALETTE], 8);
  const channels = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 0xff, color & 0xff]));
  return Buffer.concat([
    SIGNATURE,
    toChunk('IHDR', header),
    toChunk('PLTE', channels),
    toChunk('IDAT', deflateSync(rows, { level: 9 })),
    toChunk('IEND', Buffer.alloc(0)),
  ]);
};

const toChunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
};

const toPalette = (colors: Uint32Array): readonly number[] => {
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_COLORS)
    .map(([color]) => color);
};

const findNearest = (palette: readonly number[], color: number): number => {
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, candidate] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((candidate >> shift) & 0xff) - ((color >> shift) & 0xff)) ** 2,
      0,
    );
    if (distance < least) [nearest, least] = [index, distance];
  }
  return nearest;
};

const decode = (png: Buffer): Pixels => {
  const chunks = [...readChunks(png)];
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(13);
  const [width, height, depth, kind, interlaced] = [
    header.readUInt32BE(0),
    header.readUInt32BE(4),
    header[8],
    header[9],
    header[12],
  ];
  if (depth !== 8 || interlaced !== 0 || (kind !== TRUE_COLOR && kind !== TRUE_COLOR_WITH_ALPHA))
    throw new Error('not a PNG with 8 bits a channel');
  const size = kind === TRUE_COLOR ? 3 : 4;
  const data = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data)));
  const bytes = unfilter(data, width * size, height, size);
  const colors = Uint32Array.from({ length: width * height }, (_, pixel) => bytes.readUIntBE(pixel * size, 3));
  return { width, height, colors };
};

const readChunks = function* (png: Buffer): Generator<{ readonly type: string; readonly data: Buffer }> {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
};

/**
 * Each row starts with the number of its filter: what is added to each byte, from its neighbours, which are zero outside of the picture. They
 * are stored as such: in a row above the first one, and in a pixel before each row.
 */
const unfilter = (data: Buffer, rowLength: number, height: number, size: number): Buffer => {
  const stride = rowLength + size;
  const bytes = Buffer.alloc(stride * (height + 1));
  for (let row = 0; row < height; row += 1) {
    const from = row * (rowLength + 1);
    const filter = FILTERS[data.readUInt8(from)] ?? FILTERS[0];
    for (let column = 0; column < rowLength; column += 1) {
      const at = (row + 1) * stride + size + column;
      const [left, above, aboveLeft] = [bytes[at - size], bytes[at - stride], bytes[at - stride - size]] as Neighbours;
      bytes[at] = data.readUInt8(from + 1 + column) + filter(left, above, aboveLeft);
    }
  }
  const rows = Array.from({ length: height }, (_, row) =>
    bytes.subarray((row + 1) * stride + size, (row + 2) * stride),
  );
  return Buffer.concat(rows);
};

type Neighbours = [left: number, above: number, aboveLeft: number];
type Filter = (...neighbours: Neighbours) => number;

const toPaeth: Filter = (left, above, aboveLeft) => {
  const estimate = left + above - aboveLeft;
  const [byLeft, byAbove, byBoth] = [left, above, aboveLeft].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (byLeft <= byAbove && byLeft <= byBoth) return left;
  return byAbove <= byBoth ? above : aboveLeft;
};

const FILTERS: readonly [Filter, ...Filter[]] = [
  () => 0,
  (left) => left,
  (_left, above) => above,
  (left, above) => Math.floor((left + above) / 2),
  toPaeth,
];
