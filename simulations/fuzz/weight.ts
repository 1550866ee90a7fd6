/** What a decoded value keeps in memory, roughly: enough to tell a bounded decoder from another. */

/** An object or list without what is in it, and a reference, bytes. */
const OBJECT_BYTES = 48
const SLOT_BYTES = 8

export interface Weight {
  readonly bytes: number
  /** All memory of byte strings, as wholes: a view keeps what it is a view of. */
  readonly buffers: ReadonlySet<ArrayBufferLike>
}

/** Of plain data: objects, lists, byte strings, texts, numbers. Not recursive: data may be deep. */
export function weightOf(value: unknown): Weight {
  const buffers = new Set<ArrayBufferLike>()
  const seen = new Set<object>()
  const waiting: unknown[] = [value]
  let bytes = 0
  while (waiting.length > 0) {
    const next = waiting.pop()
    bytes += SLOT_BYTES
    if (typeof next === 'string') bytes += 2 * next.length
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    bytes += OBJECT_BYTES
    if (ArrayBuffer.isView(next)) {
      if (!buffers.has(next.buffer)) bytes += next.buffer.byteLength
      buffers.add(next.buffer)
    } else {
      for (const item of Object.values(next)) waiting.push(item)
    }
  }
  return { bytes, buffers }
}
