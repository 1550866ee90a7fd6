import { assert, array, integer, property, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { FrameReader, newFrame, PREFIX_BYTES } from '../../../node/mesh/frame.ts'

const BYTES_MAX = 100_000

const promises = suite('a frame reader')

promises('gives the same frames however the stream was split', () => {
  const bodies = array(uint8Array({ maxLength: 40_000, size: 'max' }), { maxLength: 5 })
  const cuts = array(integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 8 })
  assert(
    property(bodies, cuts, (frames, sizes) => {
      const heard = read(split(concat(frames.map(framed)), sizes))
      equal(heard, frames)
    }),
    { numRuns: 200 },
  )
})

promises('gives the same frames byte by byte', () => {
  const frames = [new Uint8Array(0), new Uint8Array([1, 2, 3]), new Uint8Array(300).fill(7)]
  equal(read(split(concat(frames.map(framed)), [1])), frames)
})

promises('never holds more than twice what has arrived of a frame, or 16 KiB', () => {
  assert(
    property(integer({ min: 0, max: BYTES_MAX }), integer({ min: 1, max: 5_000 }), (size, step) => {
      const reader = new FrameReader(BYTES_MAX)
      const bytes = framed(new Uint8Array(size))
      for (let at = 0; at < bytes.length; at += step) {
        reader.push(bytes.subarray(at, at + step), () => undefined)
        ok(reader.heldBytes <= Math.max(16_384, 2 * (at + step)))
      }
      is(reader.heldBytes, 0)
    }),
    { numRuns: 50 },
  )
})

promises('takes a frame of just the limit, and holds nothing for a longer one', () => {
  is(read([framed(new Uint8Array(BYTES_MAX))])[0]?.length, BYTES_MAX)
  const reader = new FrameReader(BYTES_MAX)
  const long = framed(new Uint8Array(BYTES_MAX + 1)).subarray(0, PREFIX_BYTES)
  throws(() => reader.push(long, () => undefined), /a frame of 100001 bytes/)
  is(reader.heldBytes, 0)
})

promises('reads a length as unsigned', () => {
  const reader = new FrameReader(BYTES_MAX)
  const prefix = new Uint8Array([255, 255, 255, 255])
  throws(() => reader.push(prefix, () => undefined), /a frame of 4294967295 bytes/)
})

promises('gives bodies that share nothing with what was read', () => {
  const bytes = framed(new Uint8Array([1, 2, 3]))
  const [body] = read([bytes])
  bytes.fill(0)
  equal(body, new Uint8Array([1, 2, 3]))
})

promises.run()

function framed(body: Uint8Array): Uint8Array {
  const frame = newFrame(body.length)
  frame.set(body, PREFIX_BYTES)
  return frame
}

function read(chunks: readonly Uint8Array[]): Uint8Array[] {
  const reader = new FrameReader(BYTES_MAX)
  const bodies: Uint8Array[] = []
  for (const chunk of chunks) reader.push(chunk, (body) => bodies.push(body))
  return bodies
}

/** Cuts `bytes` into pieces of `sizes`, over and over. */
function split(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
