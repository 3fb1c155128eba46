/** One line of a script's output: a key and its values. */
export interface AnswerLine {
  readonly key: string;
  readonly values: readonly string[];
}

/** The output of a script, by line: `key<TAB>value<TAB>…` (`emit` in `scripts/lib/base.sh`). */
export class Answer {
  readonly #lines: readonly AnswerLine[];

  constructor(text: string) {
    this.#lines = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
      .map(([key = '', ...values]) => ({ key, values }));
  }

  /** The last line is `end`: the output is complete. */
  get isComplete(): boolean {
    return this.#lines.at(-1)?.key === 'end';
  }

  has(key: string): boolean {
    return this.#lines.some((line) => line.key === key);
  }

  /** Values of every line with the key. */
  all(key: string): readonly (readonly string[])[] {
    return this.#lines.filter((line) => line.key === key).map(({ values }) => values);
  }

  /** First value of every line with the key. */
  texts(key: string): readonly string[] {
    return this.all(key).map(([text = '']) => text);
  }

  /** First value of the first line with the key; `undefined` when there is none. */
  text(key: string): string | undefined {
    return this.texts(key)[0];
  }
}
