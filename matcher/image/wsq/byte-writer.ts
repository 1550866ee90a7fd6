/** Bytes and bits of a WSQ file as it is written. */
export class ByteWriter {
  #bytes = new Uint8Array(4_096)
  #length = 0
  #bits = 0
  #bitCount = 0

  /** Big-endian. */
  uint(count: 1 | 2 | 4, value: number): void {
    for (let place = count - 1; place >= 0; place -= 1) {
      this.#push(Math.floor(value / 256 ** place) & 0xff)
    }
  }

  /** A marker and its length, then what `fill` writes. */
  segment(marker: number, fill: (writer: ByteWriter) => void): void {
    const inner = new ByteWriter()
    fill(inner)
    const bytes = inner.finish()
    this.uint(2, marker)
    this.uint(2, bytes.length + 2)
    this.bytes(bytes)
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#push(byte)
  }

  /** Bits of a block, most significant first; a 0 follows each 0xff that they make. */
  bits(value: number, count: number): void {
    for (let place = count - 1; place >= 0; place -= 1) {
      this.#bits = this.#bits * 2 + ((value >> place) & 1)
      this.#bitCount += 1
      if (this.#bitCount < 8) continue
      this.#push(this.#bits)
      if (this.#bits === 0xff) this.#push(0)
      this.#bits = 0
      this.#bitCount = 0
    }
  }

  /** Fills the last byte of a block with ones. */
  align(): void {
    if (this.#bitCount > 0) this.bits(0xff, 8 - this.#bitCount)
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[this.#length] = byte
    this.#length += 1
  }
}
