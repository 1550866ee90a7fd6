import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'

import { extract } from '../../../matcher/extract/extract.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { demoPeople, imagesOf } from '../../../simulations/people/demo-people.ts'
import { largestDifference } from '../../matcher/support/images.ts'
import { repository } from '../../support/data.ts'

/** All images together: they come with every checkout. */
const IMAGES_BYTES_MAX = 1_500_000

/** How far a WSQ file of another version of Node may be off, grey levels. */
const LOSS = 4

/** Of the people, for what takes time. */
const LOOKED_AT = 6

const folder = join(repository, 'node/demo')
const made = demoPeople()

const demo = suite("the demo's people")

demo('are in the repository as the command writes them', () => {
  const text = readFileSync(join(folder, 'people.json'), 'utf8')
  is(text, `${JSON.stringify(made, undefined, 2)}\n`)
  for (const { file, image } of imagesOf(made.people[0]!.name)) {
    const kept = readImage(readFileSync(join(folder, file)))
    is(kept.dpi, 500)
    ok(largestDifference(kept.pixels, readImage(writeWsq(image)).pixels) <= LOSS, file)
  }
})

demo('have an image for each file that is named, and no other, all of them small', () => {
  const fingers = [...made.people, made.stranger].flatMap((person) => person.fingers)
  const files = [made.poor, ...fingers.flatMap(({ print, probe }) => [print ?? [], probe ?? []])]
  const prints = files.flat().filter((file) => file.startsWith('prints/'))
  equal(prints.map((file) => file.slice('prints/'.length)).toSorted(), filesKept().toSorted())
  const bytes = filesKept().map((file) => readFileSync(join(folder, 'prints', file)).length)
  ok(bytes.reduce((sum, length) => sum + length, 0) <= IMAGES_BYTES_MAX)
})

demo('are 24 invented and 2 real ones, each with a handle of their own', () => {
  is(made.people.length, 26)
  is(new Set(made.people.map(({ handle }) => handle)).size, 26)
  for (const { handle = '' } of made.people) match(handle, /^[0-9a-f]{32}$/)
  equal(
    made.people.slice(0, 24).map(({ fingers }) => fingers.map(({ position }) => position)),
    Array.from({ length: 24 }, () => [2, 7]),
  )
})

const fingers = [...made.people.slice(0, LOOKED_AT), ...made.people.slice(-2)].flatMap(
  (person) => person.fingers,
)
const enrolled = fingers.map(({ print }) => packed(print!))

demo('match their own probes far better than anybody else does', () => {
  for (const [index, { probe }] of fingers.entries()) {
    if (probe === undefined) continue
    const record = packed(probe)
    const scores = enrolled.map((other) => score(record, other))
    const [best = 0, second = 0] = scores.toSorted((a, b) => b - a)
    is(best, scores[index])
    ok(best > 100 && best > 2 * second, `${best} for itself, ${second} for another`)
  }
})

demo('do not include the stranger', () => {
  for (const { probe, print } of made.stranger.fingers) {
    is(print, undefined)
    const record = packed(probe!)
    const best = Math.max(...enrolled.map((other) => score(record, other)))
    ok(best < 60, `the stranger scores ${best}`)
  }
})

demo('have a print that hardly is one', () => {
  const poor = extract(readImage(readFileSync(join(folder, made.poor))))
  const good = extract(readImage(readFileSync(join(folder, fingers[0]!.print!))))
  ok(poor.view.quality < good.view.quality)
})

demo.run()

function filesKept(): string[] {
  return readdirSync(join(folder, 'prints'))
}

/** Of an image, or of a template. */
function packed(file: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(join(folder, file)))
  if (file.endsWith('.wsq')) return pack(extract(readImage(bytes)).view)
  return pack(readTemplate(bytes).views[0]!)
}
