/**
 * Frames on a byte stream: a big-endian uint32 length, then that many bytes.
 */
import { TamgaError } from '../../protocol/errors.ts'

/** Length prefix, bytes. */
export const PREFIX_BYTES = 4

/**
 * First allocation for a frame, bytes: most frames are smaller, and a promise of more costs no
 * more.
 */
const FIRST_BYTES = 16_384

/** An empty frame with room for `bodyBytes`, its length already written. */
export function newFrame(bodyBytes: number): Uint8Array {
  const frame = new Uint8Array(PREFIX_BYTES + bodyBytes)
  new DataView(frame.buffer).setUint32(0, bodyBytes)
  return frame
}

/**
 * Cuts a stream into frames, however it was split on the way.
 *
 * A length is checked before anything is kept for it, and memory grows with what has arrived, not
 * with what was announced: at most twice the arrived part of one frame, or 16 KiB. A body is copied
 * at most twice over and belongs to whoever receives it.
 */
export class FrameReader {
  readonly #bytesMax: number
  #prefix = 0
  #prefixBytes = 0
  #body: Uint8Array<ArrayBuffer> | undefined
  #bodyBytes = 0
  #filledBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** What is allocated for the frame under way, bytes. */
  get heldBytes(): number {
    return this.#body?.length ?? 0
  }

  /**
   * Takes the next bytes and calls `onFrame` for every frame that they complete, in order.
   *
   * @throws TamgaError `too-large`, or what `onFrame` throws: the reader is of no further use
   */
  push(chunk: Uint8Array, onFrame: (body: Uint8Array) => void): void {
    let at = 0
    while (at < chunk.length) {
      at = this.#body ? this.#takeBody(this.#body, chunk, at) : this.#takePrefix(chunk, at)
      if (this.#body && this.#filledBytes === this.#bodyBytes) onFrame(this.#finish(this.#body))
    }
  }

  #takePrefix(chunk: Uint8Array, from: number): number {
    let at = from
    for (; at < chunk.length && this.#prefixBytes < PREFIX_BYTES; at += 1) {
      this.#prefix = this.#prefix * 256 + (chunk[at] ?? 0)
      this.#prefixBytes += 1
    }
    if (this.#prefixBytes < PREFIX_BYTES) return at
    if (this.#prefix > this.#bytesMax) {
      throw new TamgaError('too-large', `a frame of ${this.#prefix} bytes, over ${this.#bytesMax}`)
    }
    this.#bodyBytes = this.#prefix
    const arrived = Math.max(FIRST_BYTES, chunk.length - at)
    this.#body = new Uint8Array(Math.min(this.#bodyBytes, arrived))
    return at
  }

  #takeBody(body: Uint8Array<ArrayBuffer>, chunk: Uint8Array, from: number): number {
    const part = chunk.subarray(from, from + this.#bodyBytes - this.#filledBytes)
    const filled = this.#filledBytes + part.length
    const room = filled > body.length ? grown(body, filled, this.#bodyBytes) : body
    room.set(part, this.#filledBytes)
    this.#body = room
    this.#filledBytes = filled
    return from + part.length
  }

  #finish(body: Uint8Array): Uint8Array {
    this.#body = undefined
    this.#prefix = 0
    this.#prefixBytes = 0
    this.#filledBytes = 0
    return body
  }
}

/** Doubles, so that copying stays linear; never beyond the frame, so that a full one is exact. */
function grown(body: Uint8Array, needBytes: number, bytesMax: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(bytesMax, Math.max(needBytes, body.length * 2)))
  larger.set(body)
  return larger
}
