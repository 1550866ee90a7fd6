/** The definition itself, as a kernel: what auditors use, and what the others are held against. */
import { PACKED_BYTES } from '../packed.ts'
import { emptyPairs, findPairs } from '../score/pairs.ts'
import { emptyRecord, fieldsOf, unpack } from '../score/probe.ts'
import { checkRows, type Kernel, type KernelProbe } from './kernel.ts'

export class ScriptKernel implements Kernel {
  readonly name = 'typescript'
  readonly #record = emptyRecord()
  readonly #pairs = emptyPairs()

  scan({ probe }: KernelProbe, records: Uint8Array, rows: Uint32Array, scores: Uint16Array): void {
    checkRows(records, rows, scores)
    const fields = fieldsOf(records)
    for (const [at, row] of rows.entries()) {
      unpack(fields, row * PACKED_BYTES, this.#record)
      findPairs(probe, this.#record, this.#pairs)
      scores[at] = this.#pairs.score
    }
  }
}
