import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'

import { pack } from '../../../matcher/packed.ts'
import { score } from '../../../matcher/score/score.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { demoPeople, type DemoFinger } from '../../../simulations/people/demo-people.ts'
import { repository } from '../../support/data.ts'

/** The bundle is loaded by the console as a whole. */
const BUNDLE_BYTES_MAX = 200_000

const folder = join(repository, 'node/demo')
const sample = (name: string) => new Uint8Array(readFileSync(join(folder, 'sourceafis', name)))
const made = demoPeople({
  probe: sample('iso-probe.dat'),
  matching: sample('iso-matching.dat'),
  nonmatching: sample('iso-nonmatching.dat'),
})

const demo = suite("the demo's people")

demo('are in the repository as the command writes them', () => {
  const text = readFileSync(join(folder, 'people.json'), 'utf8')
  is(text, `${JSON.stringify(made, undefined, 2)}\n`)
  is(Buffer.byteLength(text) < BUNDLE_BYTES_MAX, true)
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

demo('match their own probes far better than anybody else does', () => {
  const enrolled = made.people.flatMap(({ fingers }) => fingers.map(templateOf))
  for (const [index, own] of made.people.flatMap(({ fingers }) => fingers).entries()) {
    if (own.probe === undefined) continue
    const probe = packed(own.probe)
    const scores = enrolled.map((template) => score(probe, template))
    const [best = 0, second = 0] = scores.toSorted((a, b) => b - a)
    is(best, scores[index])
    is(best > 2 * second, true, `${best} for the finger itself, ${second} for another`)
  }
})

demo('do not include the stranger', () => {
  const enrolled = made.people.flatMap(({ fingers }) => fingers.map(templateOf))
  for (const { probe = '', template } of made.stranger.fingers) {
    is(template, undefined)
    const best = Math.max(...enrolled.map((other) => score(packed(probe), other)))
    is(best < 60, true, `the stranger scores ${best}`)
  }
})

demo.run()

function templateOf({ template = '' }: DemoFinger): Uint8Array {
  return packed(template)
}

function packed(base64: string): Uint8Array {
  const [view] = readTemplate(new Uint8Array(Buffer.from(base64, 'base64'))).views
  if (view === undefined) throw new Error('a template without a view')
  return pack(view)
}
