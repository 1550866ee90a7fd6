import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { layOut, type Kernel } from '../../../matcher/kernel/kernel.ts'
import { availableKernels, chooseKernel } from '../../../matcher/kernel/kernels.ts'
import { PACKED_BYTES, pack } from '../../../matcher/packed.ts'
import { emptyPairs, findPairs } from '../../../matcher/score/pairs.ts'
import { emptyRecord, fieldsOf, prepareProbe, unpack } from '../../../matcher/score/probe.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import type { FingerView, Minutia } from '../../../matcher/template/template.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { passedOff } from '../support/records.ts'
import { FVC_SETS, fvcTemplate, sampleView } from '../support/templates.ts'

/** Records and probes whose pairs are scored by every fast kernel: more than a million pairs. */
const RECORDS = 1_664
const PROBES = 616

/** Of so many probes one is scored by the definition too, which takes ten times as long. */
const DEFINED_EVERY = 10

const kernels = availableKernels()
const names = kernels.map(({ name }) => name)
const random = new SeededRandom('kernels')

const promises = suite(`the kernels ${names.join(', ')}`)

promises('are at least the definition and the one that runs everywhere', () => {
  ok(names.includes('typescript'))
  ok(names.includes('wasm'))
  is(chooseKernel().name, names[0])
  is(chooseKernel('wasm').name, 'wasm')
})

promises('give the same score for every one of a million pairs, however odd', () => {
  const odd = oddRecords()
  const records = slabOf([...odd, ...realRecords(), ...noise()].slice(0, RECORDS))
  const rows = Uint32Array.from({ length: RECORDS }, (_, row) => row)
  const fast = kernels.filter(({ name }) => name !== 'typescript')
  const definition = chooseKernel('typescript')
  let scored = 0
  for (let probe = 0; probe < PROBES; probe += 1) {
    const row = probe < odd.length ? probe : Math.floor((probe * RECORDS) / PROBES)
    const isDefined = probe < odd.length || probe % DEFINED_EVERY === 0
    const laidOut = layOut(prepareProbe(recordAt(records, row)))
    const [first, ...others] = [...fast, ...(isDefined ? [definition] : [])].map((kernel) => {
      const scores = new Uint16Array(RECORDS)
      kernel.scan(laidOut, records, rows, scores)
      return { name: kernel.name, scores: Buffer.from(scores.buffer) }
    })
    for (const { name, scores } of others) {
      is(first!.scores.compare(scores), 0, `${name} and ${first!.name}, probe ${row}`)
    }
    scored += RECORDS
  }
  ok(scored >= 1_000_000, `${scored}`)
})

promises('score what the definition says, and a finger with itself high', () => {
  const records = slabOf(oddRecords())
  const [, , full] = oddRecords() as [Uint8Array, Uint8Array, Uint8Array]
  const probe = prepareProbe(full)
  const candidate = emptyRecord()
  const pairs = emptyPairs()
  unpack(fieldsOf(full), 0, candidate)
  findPairs(probe, candidate, pairs)
  ok(pairs.score > 2_000)
  for (const kernel of kernels) {
    equal([...scan(kernel, full, records, [2, 0])], [pairs.score, 0])
  }
})

promises('score the rows that are named, in that order, also the same one twice', () => {
  const records = slabOf(realRecords().slice(0, 1_200))
  const rows = Array.from({ length: 1_100 }, () => random.integer(1_200))
  rows.push(rows[0]!, rows[0]!)
  const probe = recordAt(records, 77)
  const all = scan(kernels.at(-1)!, probe, records, [...Array.from({ length: 1_200 }).keys()])
  for (const kernel of kernels) {
    const scores = scan(kernel, probe, records, rows)
    equal(
      [...scores],
      rows.map((row) => all[row]!),
    )
  }
})

promises('read no row that is not there, and write no score that has no room', () => {
  const records = slabOf(realRecords().slice(0, 4))
  const probe = layOut(prepareProbe(recordAt(records, 0)))
  for (const kernel of kernels) {
    throws(() => kernel.scan(probe, records, Uint32Array.of(4), new Uint16Array(1)), isRangeError)
    throws(() => kernel.scan(probe, records, Uint32Array.of(0xffffffff), new Uint16Array(1)))
    throws(() => kernel.scan(probe, records, Uint32Array.of(0, 1), new Uint16Array(1)))
    const scores = new Uint16Array(2).fill(7)
    kernel.scan(probe, records.subarray(0, PACKED_BYTES), new Uint32Array(), scores)
    equal([...scores], [7, 7])
  }
})

promises.run()

function scan(
  kernel: Kernel,
  probe: Uint8Array,
  records: Uint8Array,
  rows: readonly number[],
): Uint16Array {
  const scores = new Uint16Array(rows.length)
  kernel.scan(layOut(prepareProbe(probe)), records, Uint32Array.from(rows), scores)
  return scores
}

/** Without minutiae, with one, with 255, all in one place, all alike, in the farthest corners. */
function oddRecords(): Uint8Array[] {
  const base = sampleView('probe')
  const crowd = minutiae(255, (at) => ({ x: at * 7, y: at * 5, angle: at }))
  const heap = minutiae(255, () => ({ x: 100, y: 100, angle: 64 }))
  const corners = minutiae(40, (at) => ({ x: (at % 2) * 16_383, y: 16_383 * (at >> 2), angle: at }))
  const row = minutiae(48, (at) => ({ x: at * 20, y: 0, angle: 0 }))
  const opposite = minutiae(48, (at) => ({ x: at * 20, y: 0, angle: 128 * (at % 2) }))
  const views = [[], base.minutiae.slice(0, 1), base.minutiae, crowd, heap, corners, row, opposite]
  return views.map((some) => pack({ ...base, minutiae: some }))
}

function minutiae(
  count: number,
  place: (at: number) => { x: number; y: number; angle: number },
): FingerView['minutiae'] {
  return Array.from({ length: count }, (_, at): Minutia => {
    return { ...place(at), angle: place(at).angle & 0xff, type: 'ending', quality: 0 }
  })
}

/** FVC's where at hand, and in any case the samples, moved and thinned out. */
function realRecords(): Uint8Array[] {
  const fvc = FVC_SETS.flatMap((set) => {
    return Array.from({ length: 160 }, (_, at) => {
      const extractor = at < 80 ? 'fingerjet' : 'mindtct'
      return fvcTemplate(set, extractor, 101 + Math.floor((at % 80) / 8), 1 + (at % 8))
    })
  })
  const real = fvc.flatMap((bytes) => {
    const view = bytes && readTemplate(bytes).views[0]
    return view ? [pack(view)] : []
  })
  const samples = (['probe', 'matching', 'nonmatching'] as const).map((name) => sampleView(name))
  const thinned = Array.from({ length: 1_300 - real.length }, (_, at) => {
    const view = samples[at % samples.length]!
    return pack({ ...view, minutiae: view.minutiae.filter(() => random.integer(5) > 0) })
  })
  return [...real, ...thinned]
}

/** Records of any bytes that pass for one. */
function noise(): Uint8Array[] {
  return Array.from({ length: RECORDS }, () => {
    return passedOff(random.bytes(PACKED_BYTES), random.integer(49))
  })
}

function slabOf(records: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(records.length * PACKED_BYTES))
  for (const [row, record] of records.entries()) bytes.set(record, row * PACKED_BYTES)
  return bytes
}

function recordAt(records: Uint8Array, row: number): Uint8Array {
  return records.slice(row * PACKED_BYTES, (row + 1) * PACKED_BYTES)
}

function isRangeError(error: Error): boolean {
  return error instanceof RangeError
}
