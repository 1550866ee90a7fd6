/** The first stage in WebAssembly SIMD: what every machine can run. */
import { createRequire } from 'node:module'
import { PACKED_BYTES } from '../packed.ts'
import { checkRows, KERNEL_TABLES, type Kernel, type KernelProbe } from './kernel.ts'

/** Made by the build, of `assembly/first-stage.ts`: in base64. */
const MODULE = './first-stage.json'

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly RECORDS_MAX: WebAssembly.Global
  readonly probeAt: () => number
  readonly tablesAt: () => number
  readonly recordsAt: () => number
  readonly scoresAt: () => number
  readonly prepare: () => void
  readonly scan: (count: number) => void
}

/** Its memory holds one probe and some hundred records, which are copied there to be scored. */
export class WasmKernel implements Kernel {
  readonly name = 'wasm'
  readonly #exports: Exports
  readonly #recordsMax: number
  readonly #records: Uint8Array
  readonly #scores: Uint16Array
  /** The one in its memory. */
  #probe: KernelProbe | undefined

  private constructor(exports: Exports) {
    this.#exports = exports
    this.#recordsMax = Number(exports.RECORDS_MAX.value)
    const { buffer } = exports.memory
    this.#records = new Uint8Array(buffer, exports.recordsAt(), this.#recordsMax * PACKED_BYTES)
    this.#scores = new Uint16Array(buffer, exports.scoresAt(), this.#recordsMax)
    new Int32Array(buffer, exports.tablesAt(), KERNEL_TABLES.length).set(KERNEL_TABLES)
  }

  /** @throws Error where this machine has no SIMD, or nothing was built */
  static load(): WasmKernel {
    const { wasm } = createRequire(import.meta.url)(MODULE) as { wasm: string }
    const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'))
    const { exports } = new WebAssembly.Instance(module)
    return new WasmKernel(exports as unknown as Exports)
  }

  scan(probe: KernelProbe, records: Uint8Array, rows: Uint32Array, scores: Uint16Array): void {
    checkRows(records, rows, scores)
    this.#prepare(probe)
    for (let from = 0; from < rows.length; from += this.#recordsMax) {
      const some = rows.subarray(from, from + this.#recordsMax)
      this.#copy(records, some)
      this.#exports.scan(some.length)
      scores.set(this.#scores.subarray(0, some.length), from)
    }
  }

  #prepare(probe: KernelProbe): void {
    if (this.#probe === probe) return
    const { memory, probeAt, prepare } = this.#exports
    new Int32Array(memory.buffer, probeAt(), probe.words.length).set(probe.words)
    prepare()
    this.#probe = probe
  }

  /** Rows that follow one another go together. */
  #copy(records: Uint8Array, rows: Uint32Array): void {
    for (let at = 0; at < rows.length;) {
      const row = rows[at]!
      let end = at + 1
      while (end < rows.length && rows[end] === row + end - at) end += 1
      const bytes = records.subarray(row * PACKED_BYTES, (row + end - at) * PACKED_BYTES)
      this.#records.set(bytes, at * PACKED_BYTES)
      at = end
    }
  }
}
