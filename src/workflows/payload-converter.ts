import {
  defaultPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadConverter,
} from '@temporalio/common';

/** Replaces an argument that cannot be read; the request parser refuses it like any other non-object. */
const UNREADABLE = 'an argument that cannot be read; send JSON with encoding json/plain';

const decode = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());

const read = (payload: Payload): unknown => {
  try {
    const isProtobufJson = decode(payload.metadata?.[METADATA_ENCODING_KEY]) === 'json/protobuf';
    return isProtobufJson ? JSON.parse(decode(payload.data)) : defaultPayloadConverter.fromPayload(payload);
  } catch {
    return UNREADABLE;
  }
};

/**
 * Reads what the Temporal UI's form can send: `json/protobuf` as plain JSON, and anything unreadable as a text that is then refused. The
 * default converter would fail the workflow task repeatedly. Writes like the default converter.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: read as PayloadConverter['fromPayload'],
};
