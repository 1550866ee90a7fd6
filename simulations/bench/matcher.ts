/**
 * How fast the matcher searches: `npm run bench:matcher [-- <fingerprints folder>]`.
 *
 * The first stage by every kernel on one core, beside what the machine could do at most; then
 * searches among a million synthetic people with the fastest kernel and with WebAssembly, and what
 * such a gallery takes of memory; then how fast one is filled from templates. With the folder of
 * the FVC sets also how often it errs, each figure beside the bar that was set for it.
 *
 * Further: --people (a million), --records (of the first stage, 640,000), --quick, --json <file>.
 */
import { cpus } from 'node:os'
import type { KernelName } from '../../matcher/kernel/kernel.ts'
import { availableKernels } from '../../matcher/kernel/kernels.ts'
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import { pack } from '../../matcher/packed.ts'
import { SyntheticPopulation } from '../people/population.ts'
import { accuracyRows } from './matcher/accuracy-rows.ts'
import { searchMillion, type Million, type SearchTimes } from './matcher/million.ts'
import { rebuild } from './matcher/rebuild.ts'
import { comparisonsAllowed, measureRoofline } from './matcher/roofline.ts'
import { stageOneSpeeds } from './matcher/stage-one.ts'
import { optionOf, report, type Measurement } from './report.ts'

const SIZES = {
  whole: { people: 1_000_000, records: 640_000, fingers: 200_000 },
  quick: { people: 20_000, records: 64_000, fingers: 20_000 },
} as const

/** Different fingers of which the gallery of the first stage is made. */
const FINGERS = 1_000

const argv = process.argv.slice(2)
const size = SIZES[argv.includes('--quick') ? 'quick' : 'whole']
const folder = argv[0]?.startsWith('--') ? undefined : argv[0]
const people = Number(optionOf(argv, '--people') ?? size.people)
const records = Number(optionOf(argv, '--records') ?? size.records)

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`)
const rows = [
  ...stageOne(),
  ...searches(await searchMillion(people, searchedWith())),
  ...(await rebuilt()),
  ...(folder === undefined ? [] : accuracyRows(folder)),
]
report('matcher; baseline is the bar of the issue', rows, argv)

function stageOne(): Measurement[] {
  const views = synthetic(FINGERS / 2)
  const roofline = measureRoofline()
  const speeds = stageOneSpeeds(
    views.map((view) => pack(view)),
    records,
  )
  const measured = speeds.map(({ kernel, perSecond }): Measurement => {
    return {
      name: nameOf(kernel),
      value: Math.round(perSecond),
      unit: '/s',
      ...bar(kernel, perSecond),
    }
  })
  if (!roofline) return measured
  const allowed = comparisonsAllowed(roofline)
  return [
    ...measured,
    { name: 'words_counted_per_s', value: roofline.wordsCounted, unit: '64-bit words/s' },
    { name: 'bytes_read_per_s', value: roofline.bytesRead, unit: 'B/s' },
    { name: 'roofline_per_s', value: Math.round(allowed), unit: '/s' },
    { name: 'roofline_share', value: speeds[0]!.perSecond / allowed, unit: '' },
  ]
}

function nameOf(kernel: KernelName): string {
  const [fastest] = availableKernels()
  if (kernel === fastest!.name && kernel.startsWith('avx')) return 'stage1_native_per_s'
  return `stage1_${kernel === 'typescript' ? 'ts' : kernel}_per_s`
}

function bar(kernel: KernelName, value: number): Partial<Measurement> {
  const bars: Partial<Record<KernelName, number>> = { avx512: 1_200_000, wasm: 300_000 }
  const baseline = bars[kernel]
  return baseline === undefined ? {} : { baseline, ratio: value / baseline }
}

function searchedWith(): KernelName[] {
  const [fastest] = availableKernels()
  return fastest!.name === 'wasm' ? ['wasm'] : [fastest!.name, 'wasm']
}

function searches({ bytesPerPerson, generatedPerSecond, times }: Million): Measurement[] {
  const delay = Math.max(...times.map(({ loopDelayMs }) => loopDelayMs))
  return [
    { name: 'people', value: people, unit: 'people' },
    { name: 'generated_per_s', value: generatedPerSecond, unit: 'people/s' },
    ...times.flatMap(searchRows),
    { ...compared('bytes_per_person', bytesPerPerson, 2_700), unit: 'B' },
    { ...compared('event_loop_delay_ms', delay, 20), unit: 'ms' },
  ]
}

function searchRows({ kernel, seconds, found }: SearchTimes): Measurement[] {
  const name = kernel === 'wasm' ? 'wasm' : 'native'
  const median = seconds[seconds.length >> 1]!
  const bars = people === SIZES.whole.people ? { wasm: 4, native: 1 }[name] : undefined
  return [
    { ...compared(`search_1m_${name}_s`, median, bars), unit: 's' },
    { name: `search_1m_${name}_slowest_s`, value: seconds.at(-1)!, unit: 's' },
    { name: `search_1m_${name}_first`, value: found, unit: `of ${seconds.length}` },
  ]
}

function compared(name: string, value: number, baseline?: number): Omit<Measurement, 'unit'> {
  return baseline === undefined
    ? { name, value }
    : { name, value, baseline, ratio: value / baseline }
}

async function rebuilt(): Promise<Measurement[]> {
  const templates = synthetic(FINGERS / 2).map((view) => writeIso19794v2005({ views: [view] }))
  const { perSecond } = await rebuild(templates, size.fingers)
  return [{ ...compared('rebuild_per_s', perSecond, 20_000), unit: 'fingers/s' }]
}

function synthetic(count: number) {
  const population = new SyntheticPopulation({ seed: 'bench:matcher fingers' })
  return Array.from({ length: count }, (_, index) => population.enrolment(index)).flat()
}
