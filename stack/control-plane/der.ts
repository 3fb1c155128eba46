/** The part of ASN.1's distinguished encoding rules (X.690) that X.509 certificates need. */

/** Tag, length and contents of one element. */
export const encodeElement = (tag: number, ...contents: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), encodeLength(body.length), body]);
};

export const encodeSequence = (...elements: readonly Buffer[]): Buffer => encodeElement(0x30, ...elements);

export const encodeSet = (...elements: readonly Buffer[]): Buffer => encodeElement(0x31, ...elements);

/** `[number] EXPLICIT`. */
export const encodeExplicit = (number: number, ...elements: readonly Buffer[]): Buffer =>
  encodeElement(0xa0 | number, ...elements);

/** A non-negative integer in big-endian order; a zero byte precedes a set high bit, which would mean a negative number. */
export const encodeUnsignedInteger = (bytes: Buffer): Buffer => {
  const isHighBitSet = ((bytes[0] ?? 0) & 0x80) !== 0;
  return encodeElement(0x02, isHighBitSet ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
};

export const encodeTrue = (): Buffer => encodeElement(0x01, Buffer.from([0xff]));

/** @param unusedBits how many of the last byte's low bits are unused, 0 to 7 */
export const encodeBitString = (bytes: Buffer, unusedBits = 0): Buffer =>
  encodeElement(0x03, Buffer.from([unusedBits]), bytes);

export const encodeOctetString = (bytes: Buffer): Buffer => encodeElement(0x04, bytes);

export const encodeUtf8String = (text: string): Buffer => encodeElement(0x0c, Buffer.from(text, 'utf8'));

/** To the second; for years 1950 to 2049 (RFC 5280, 4.1.2.5). */
export const encodeUtcTime = (time: Date): Buffer => {
  const digits = time.toISOString().replace(/\D/g, '').slice(2, 14);
  return encodeElement(0x17, Buffer.from(`${digits}Z`, 'ascii'));
};

/** @param dotted for instance `2.5.4.3` */
export const encodeObjectIdentifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encodeElement(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]));
};

const toBase128 = (value: number): number[] => {
  const bytes = [value & 0x7f];
  for (let remaining = value >>> 7; remaining > 0; remaining >>>= 7) bytes.unshift((remaining & 0x7f) | 0x80);
  return bytes;
};

const encodeLength = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let remaining = length; remaining > 0; remaining >>>= 8) bytes.unshift(remaining & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};
