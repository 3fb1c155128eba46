/** One text of these sentences, without those that are `undefined` or empty; a sentence without a full stop gets one if another follows. */
export const joinSentences = (...sentences: readonly (string | undefined)[]): string => {
  const texts = sentences.filter((sentence) => sentence !== undefined && sentence !== '');
  return texts.map((text, index) => (index < texts.length - 1 ? toSentence(text ?? '') : text)).join(' ');
};

/** The sentence, for use inside another one. */
export const withoutFullStop = (sentence: string): string => sentence.replace(/\.$/, '');

const toSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
