import { StringDecoder } from 'node:string_decoder';

export const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Keeps the first mebibyte of an output; the rest is read and dropped, because an unread channel stalls its command (ssh2's window). */
export class CappedOutput {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #isCut = false;

  readonly add = (chunk: Buffer): void => {
    const kept = chunk.subarray(0, MAX_OUTPUT_BYTES - this.#size);
    this.#isCut ||= kept.length < chunk.length;
    this.#size += kept.length;
    if (kept.length > 0) {
      this.#chunks.push(kept);
    }
  };

  /** All chunks decoded as UTF-8; a character that the cap cut in two is omitted. */
  toText(): string {
    const decoder = new StringDecoder('utf8');
    const text = decoder.write(Buffer.concat(this.#chunks));
    return this.#isCut ? text : text + decoder.end();
  }
}
