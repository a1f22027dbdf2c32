import * as encoding from 'lib0/encoding';

// The three ways in which both dialects write bytes.

/** Runs `write` on a fresh encoder and returns what it wrote. */
export function encode(write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/** A copy of the parts, in a buffer of its own. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An update that says nothing: no structs, no deletions. */
export const EMPTY_UPDATE: Uint8Array = new Uint8Array([0, 0]);

/** The state vector of a document that holds nothing. */
export const EMPTY_STATE_VECTOR: Uint8Array = new Uint8Array([0]);
