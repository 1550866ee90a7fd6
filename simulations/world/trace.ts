/**
 * What happened in a run, as a running hash and its last lines: two runs of a seed are the same run
 * exactly if their digests are equal, and the lines say where two of them part.
 */
import { createHash } from 'node:crypto'

/** Lines hashed at once: hashing line by line costs more than the event it records. */
const CHUNK_LINES = 128

/** Lines kept to be read: enough to see what led to a failure. */
const TAIL_LINES = 64

export class Trace {
  #hash = createHash('sha256')
  #chunk: string[] = []
  #tail: string[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  note(line: string): void {
    this.#count += 1
    this.#chunk.push(line)
    if (this.#chunk.length >= CHUNK_LINES) this.#flush()
  }

  /** SHA-256, in hex, of all lines so far. */
  digest(): string {
    this.#flush()
    return this.#hash.copy().digest('hex')
  }

  /** The latest lines, oldest first. */
  tail(): string[] {
    return [...this.#tail, ...this.#chunk].slice(-TAIL_LINES)
  }

  #flush(): void {
    if (this.#chunk.length === 0) return
    this.#hash.update(`${this.#chunk.join('\n')}\n`)
    this.#tail = this.tail()
    this.#chunk = []
  }
}
