/**
 * How fast prints are extracted: `npm run bench:extractor [-- <folder>]`.
 *
 * Processor time for each image on one core, in all and stage by stage, and of the ridge pattern
 * with and without WebAssembly; images a second through two worker threads, files read included;
 * the most memory that this process had meanwhile, threads included. With a folder its images are
 * extracted, those of the FVC sets for example; without one, grown ones of synthetic people.
 *
 * Further: --quick, --json <file>.
 */
import { cpus } from 'node:os'
import { grownImages, imagesBelow } from './extractor/sample-images.ts'
import { measurePattern, measureStages } from './extractor/stage-times.ts'
import { measureThroughput } from './extractor/throughput.ts'
import { report } from './report.ts'

const SIZES = { whole: { images: 120, rounds: 5 }, quick: { images: 24, rounds: 3 } } as const

const WORKERS = 2

/** Most processor time that an image may take on one core, ms. */
const BAR_MS = 40

const argv = process.argv.slice(2)
const { images: count, rounds } = SIZES[argv.includes('--quick') ? 'quick' : 'whole']
const folder = argv[0]?.startsWith('--') ? undefined : argv[0]
const images = folder === undefined ? grownImages(count) : imagesBelow(folder, count)
if (images.length === 0) {
  console.error(`bench:extractor: no images that say their resolution are below ${folder}`)
  process.exit(2)
}

const megapixels = images.reduce((sum, { image }) => sum + image.pixels.length, 0) / 1e6
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`)
const times = measureStages(images, rounds)
const pattern = measurePattern(images, rounds)
const perSecond = await measureThroughput(images, { workers: WORKERS, rounds })
const { extraction } = times
report(
  'extractor; baseline is the bar of the issue',
  [
    { name: 'images', value: images.length, unit: 'images' },
    { name: 'megapixels_per_image', value: megapixels / images.length, unit: 'Mpixel at 500 dpi' },
    { name: 'minutiae_per_image', value: times.minutiae, unit: 'minutiae' },
    ms('cpu_ms_per_image', extraction, BAR_MS),
    ...[...times.stages].map(([stage, value]) => ms(`cpu_ms_${stage}`, value)),
    ms('cpu_ms_pattern', pattern.used),
    ms('cpu_ms_pattern_in_typescript', pattern.typescript),
    ms('cpu_ms_reading', times.reading),
    { name: 'images_per_s', value: perSecond, unit: `images/s on ${WORKERS} workers` },
    { name: 'peak_mb', value: process.resourceUsage().maxRSS / 1_024, unit: 'MiB' },
  ],
  argv,
)

function ms(name: string, value: number, baseline?: number) {
  const unit = 'ms'
  return baseline === undefined
    ? { name, value, unit }
    : { name, value, unit, baseline, ratio: value / baseline }
}
