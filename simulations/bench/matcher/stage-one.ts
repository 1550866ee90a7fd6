/** How many records one core compares a second in the first stage, by every kernel that is here. */
import { layOut, type Kernel, type KernelName } from '../../../matcher/kernel/kernel.ts'
import { availableKernels } from '../../../matcher/kernel/kernels.ts'
import { PACKED_BYTES } from '../../../matcher/packed.ts'
import { prepareProbe } from '../../../matcher/score/probe.ts'

/** Rows in one call, as a search has them. */
const BLOCK_ROWS = 256

const PROBES = 8

/** The slower ones see only the beginning of the gallery. */
const SHARES: Record<KernelName, number> = {
  avx512: 1,
  avx2: 0.5,
  wasm: 0.5,
  portable: 0.05,
  typescript: 0.02,
}

export interface Speed {
  readonly kernel: KernelName
  readonly comparisons: number
  /** Of CPU time of one thread. */
  readonly perSecond: number
}

/** Against a gallery of so many records, the given ones over and over again in a mixed order. */
export function stageOneSpeeds(records: readonly Uint8Array[], count: number): Speed[] {
  const gallery = galleryOf(records, count)
  const probes = Array.from({ length: PROBES }, (_, at) => {
    return records[Math.floor((at * records.length) / PROBES)]!
  })
  return availableKernels().map((kernel) => speedOf(kernel, gallery, probes, count))
}

function speedOf(
  kernel: Kernel,
  gallery: Uint8Array,
  probes: readonly Uint8Array[],
  count: number,
): Speed {
  const each = Math.floor((count * SHARES[kernel.name]) / BLOCK_ROWS) * BLOCK_ROWS
  const scores = new Uint16Array(BLOCK_ROWS)
  const rows = new Uint32Array(BLOCK_ROWS)
  const before = process.cpuUsage()
  for (const probe of probes) {
    const laidOut = layOut(prepareProbe(probe))
    for (let from = 0; from < each; from += BLOCK_ROWS) {
      for (let at = 0; at < BLOCK_ROWS; at += 1) rows[at] = from + at
      kernel.scan(laidOut, gallery, rows, scores)
    }
  }
  const { user, system } = process.cpuUsage(before)
  const comparisons = each * probes.length
  return { kernel: kernel.name, comparisons, perSecond: (comparisons * 1e6) / (user + system) }
}

function galleryOf(records: readonly Uint8Array[], count: number): Uint8Array {
  const gallery = new Uint8Array(new SharedArrayBuffer(count * PACKED_BYTES))
  let state = 1
  for (let row = 0; row < count; row += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    gallery.set(records[(state >>> 8) % records.length]!, row * PACKED_BYTES)
  }
  return gallery
}
