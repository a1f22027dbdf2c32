// A place in some bytes, moved by reading lib0's variable-length integers. For trusted bytes: it checks nothing.

export class Cursor {
  bytes = new Uint8Array(0);
  at = 0;

  set(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  varUint() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  /** Moves past a string or byte array and returns its length. */
  skipVarBytes() {
    const length = this.varUint();
    this.at += length;
    return length;
  }
}
