import { suite } from 'uvu'
import { equal, not, ok } from 'uvu/assert'
import { extract } from '../../../../matcher/extract/extract.ts'
import { pack } from '../../../../matcher/packed.ts'
import { score } from '../../../../matcher/score/score.ts'
import { SyntheticPopulation } from '../../../../simulations/people/population.ts'
import { SeededRandom } from '../../../../simulations/world/seeded-random.ts'
import { scan } from '../../../../simulations/people/scan/scan.ts'
import { agreementOf, type Agreement } from '../../../../simulations/people/scan/agreement.ts'

/** Right index fingers, each scanned so often. */
const PEOPLE = 5
const ATTEMPTS = 2

/** Quality of an impression that an operator would take, 0 to 1. */
const GOOD = 0.9

/** Scores that strangers stay below, and mates on average exceed. */
const STRANGE = 45
const CERTAIN = 120

const people = new SyntheticPopulation({ seed: 'scans', positions: [2] })
const scans = Array.from({ length: PEOPLE }, (_, person) =>
  Array.from({ length: ATTEMPTS }, (__, attempt) => people.scans(person, attempt)[0]!),
)
const views = scans.map((own) => own.map(({ image }) => extract(image).view))

const promises = suite('images of synthetic people')

promises('show the minutiae that were planted, within 8 pixels and 20°, and little else', () => {
  const { precision, recall } = overall(
    scans.flatMap((own, person) =>
      own.map((seen, attempt) => agreementOf(views[person]![attempt]!, seen)),
    ),
  )
  ok(precision >= 0.65, `precision ${precision}`)
  ok(recall >= 0.7, `recall ${recall}`)
})

promises('show them better the better they are', () => {
  const { precision, recall } = overall(
    scans.map((_, person) => {
      const [skin] = people.skins(person)
      const good = scan(skin!, new SeededRandom(`good ${person}`), { quality: GOOD })
      return agreementOf(extract(good.image).view, good)
    }),
  )
  ok(precision >= 0.8, `precision ${precision}`)
  ok(recall >= 0.75, `recall ${recall}`)
})

promises('are of one finger where they are of one, and of two where of two', () => {
  const records = views.map((own) => own.map((view) => pack(view)))
  const mates = records.map(([one, two]) => score(one!, two!))
  ok(
    mates.reduce((sum, mate) => sum + mate, 0) / PEOPLE > CERTAIN,
    `mates score ${mates.join(', ')}`,
  )
  for (const [index, own] of records.entries()) {
    for (const other of records.slice(index + 1).flat()) {
      for (const one of own) ok(score(one, other) < STRANGE)
    }
  }
})

promises('follow from the seed, the person and the attempt', () => {
  const [again] = new SyntheticPopulation({ seed: 'scans', positions: [2] }).scans(3, 1)
  equal(again, scans[3]![1])
  not.equal(scans[3]![0]!.image.pixels, scans[3]![1]!.image.pixels)
})

promises('have a background that is lighter than the finger', () => {
  for (const { image } of scans.flat()) {
    const corners = [0, image.width - 1, image.pixels.length - image.width].map(
      (at) => image.pixels[at]!,
    )
    const darkest = image.pixels.toSorted()[Math.floor(image.pixels.length / 50)]!
    ok(Math.min(...corners) > darkest + 60)
  }
})

promises.run()

function overall(agreements: readonly Agreement[]): { precision: number; recall: number } {
  const sum = (of: (agreement: Agreement) => number) =>
    agreements.reduce((total, agreement) => total + of(agreement), 0)
  ok(sum(({ planted }) => planted) > 25 * agreements.length)
  return {
    precision: sum(({ right }) => right) / sum(({ found }) => found),
    recall: sum(({ recalled }) => recalled) / sum(({ planted }) => planted),
  }
}
