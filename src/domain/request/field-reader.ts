/** A value in its canonical form, or what is wrong with it: the rest of a sentence that starts with the key. */
export type FieldReading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly complaint: string };

/** Checks and converts one value of a request. Never throws, whatever the value is. */
export type FieldReader<Value> = (value: unknown) => FieldReading<Value>;
