/**
 * How quality was fitted, again: `npm run tune:quality -- <folder>`.
 *
 * On the images of FVC2002 DB1..4_B alone. To a finger's real impressions come as many made worse
 * (`poor-print.ts`), as real ones that fail are too few to tell why. Each is compared with the
 * finger's other real impressions; the weights are a logistic regression on whether the score gets
 * where no strangers of any set do.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { minutiaeOf } from '../../matcher/extract/minutiae.ts'
import { ridgePattern } from '../../matcher/extract/ridge-pattern.ts'
import { extract } from '../../matcher/extract/extract.ts'
import type { GreyImage } from '../../matcher/image/image.ts'
import { readImage } from '../../matcher/image/read.ts'
import { at500Dpi } from '../../matcher/image/resample.ts'
import { pack } from '../../matcher/packed.ts'
import { measuresOf } from '../../matcher/quality/measures.ts'
import { TRAITS, traitsOf, WEIGHTS } from '../../matcher/quality/quality.ts'
import { scorerOf } from '../bench/accuracy/scoring.ts'
import { table } from '../bench/report.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { logisticRegression, type Example } from './logistic-regression.ts'
import * as poor from './poor-print.ts'

const SETS = ['DB1_B', 'DB2_B', 'DB3_B', 'DB4_B'] as const
const FINGERS = Array.from({ length: 10 }, (_, index) => 101 + index)
const IMPRESSIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const

/** The lowest score that no two different fingers of any set reach, and a few points more. */
const CERTAIN = 40

/** Worse ones made of each impression; real ones count as often. */
const POOR_COPIES = 4

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('name the folder that holds fvc2002')
  process.exit(2)
}
const examples = SETS.flatMap((set) => FINGERS.flatMap((finger) => examplesOf(set, finger)))
const found = logisticRegression(examples)
const rows = [...TRAITS, 'offset' as const].map((name, index) => {
  return [name, (found[index]! / Math.LN2).toFixed(3), String(WEIGHTS[name])]
})
const certain = examples.filter(({ isOne }) => isOne).length
console.log(`${examples.length} comparisons, ${certain} certain`)
console.log(table([['', 'found', 'in use'], ...rows]))

function examplesOf(set: string, finger: number): Example[] {
  const images = IMPRESSIONS.map((impression) => {
    const file = join(folder!, 'fvc2002', set, `${finger}_${impression}.png`)
    return at500Dpi(readImage(readFileSync(file)))
  })
  const records = images.map((image) => pack(extract(image).view))
  return images.flatMap((image, own) => {
    const others = records.filter((_, index) => index !== own)
    const random = new SeededRandom(`tune:quality 1 ${set} ${finger} ${own}`)
    const real = comparisonsOf(image, others)
    const copies = poorCopies(image, random).flatMap((copy) => comparisonsOf(copy, others))
    return [...Array.from({ length: POOR_COPIES }, () => real).flat(), ...copies]
  })
}

function comparisonsOf(image: GreyImage, others: readonly Uint8Array[]): Example[] {
  const pattern = ridgePattern(image, () => undefined)
  const traits = traitsOf(measuresOf(image, pattern, minutiaeOf(pattern)))
  const features = TRAITS.map((name) => traits[name])
  const score = scorerOf(pack(extract(image).view))
  return others.map((other) => ({ features, isOne: score(other) >= CERTAIN }))
}

/** Of the ways in which a capture goes wrong, some. */
function poorCopies(image: GreyImage, random: SeededRandom): GreyImage[] {
  const { width, height } = image
  const amount = () => random.next()
  const place = () => {
    const x = width * (0.35 + 0.3 * amount())
    return poor.spot(x, height * (0.35 + 0.3 * amount()), 50 + 80 * amount())
  }
  const step = (length: number) => {
    const angle = 2 * Math.PI * amount()
    return { dx: length * Math.cos(angle), dy: length * Math.sin(angle) }
  }
  const kinds: readonly (() => GreyImage)[] = [
    () => poor.wetted(image, 1 + 2.2 * amount(), place()),
    () => poor.wetted(image, 1 + 1.5 * amount(), poor.everywhere),
    () => poor.dried(image, { share: 0.3 + 0.5 * amount(), random }, place()),
    () => poor.dried(image, { share: 0.2 + 0.5 * amount(), random }, poor.everywhere),
    () => poor.smeared(image, step(4 + 14 * amount()), place()),
    () => poor.pushed(image, 1.6 * amount() - 0.8),
    () => {
      const { dx, dy } = step(1)
      const kept = (amount() - 0.5) * width * 0.4
      return poor.cropped(image, (x, y) => (x - width / 2) * dx + (y - height / 2) * dy > kept)
    },
    () => {
      const contrast = 0.08 + 0.3 * amount()
      return poor.faint(image, { contrast, noise: 10 + 40 * amount(), random })
    },
  ]
  return random
    .shuffled(kinds)
    .slice(0, POOR_COPIES)
    .map((make) => make())
}
