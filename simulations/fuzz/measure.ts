/**
 * Time and memory of a case, as this machine has them: for long runs, where a decoder that is slow
 * or greedy has to show, not for tests.
 */
import { getHeapStatistics } from 'node:v8'
import type { Input } from './decoder.ts'
import type { Watch } from './fuzz.ts'

/**
 * Of the processor, not by the clock, which also runs while others have the processor. One case
 * decodes three or four times; all of it together takes a few ms at most.
 */
const CASE_MS_MAX = 1_000

/** What is allocated while one case runs, beside its share, bytes. */
const FREE_BYTES = 16_777_216

/** Objects that are made and dropped on the way, for each byte of input, four times over. */
const GROWTH_MAX = 2_048

/** A collection in the middle of a case hides what it has freed: misses are possible. */
export const measured: Watch = {
  start(input: Input) {
    const heldBefore = heldBytes()
    const before = process.cpuUsage()
    return () => {
      const { user, system } = process.cpuUsage(before)
      const took = (user + system) / 1_000
      const grown = heldBytes() - heldBefore
      if (took > CASE_MS_MAX) return `takes ${Math.round(took)} ms`
      if (grown > FREE_BYTES + GROWTH_MAX * input.length) return `allocates ${grown} bytes`
      return undefined
    }
  },
}

/** Heap and byte strings. */
function heldBytes(): number {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics()
  return heap + outside
}
