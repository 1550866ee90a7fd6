/** Synthetic people who can be captured again and again. Nobody real is behind them. */
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import type { Finger } from '../../simulations/people/finger.ts'
import { impression, type Impression } from '../../simulations/people/impression.ts'
import { generatePerson } from '../../simulations/people/person.ts'
import { SeededRandom } from '../../simulations/world/seeded-random.ts'

/** How well test people print, 0 to 1: well, for a test of the matcher is somewhere else. */
const QUALITY = 0.95

/** With fewer minutiae a station asks again, so often. */
const MINUTIAE_MIN = 25
const ATTEMPTS_MAX = 20

export interface TestPerson {
  /** Both index fingers as ISO/IEC 19794-2 templates. The same label gives the same bytes again. */
  capture(label?: string): CapturedFinger[]
}

/** The same name gives the same person. */
export function testPerson(name: string): TestPerson {
  const random = new SeededRandom(`person/${name}`)
  const { fingers } = generatePerson(random.fork('fingers'))
  return {
    capture: (label = 'first') =>
      fingers.map((finger) => {
        const view = captured(finger, random.fork(`${label}/${finger.position}`))
        return { position: finger.position, template: writeIso19794v2005({ views: [view] }) }
      }),
  }
}

/** The first that shows enough, else the one that shows most: some fingers are small and smooth. */
function captured(finger: Finger, random: SeededRandom): Impression {
  const once = (): Impression => impression(finger, random, { quality: QUALITY })
  let best = once()
  for (let asked = 1; asked < ATTEMPTS_MAX && best.minutiae.length < MINUTIAE_MIN; asked += 1) {
    const view = once()
    if (view.minutiae.length > best.minutiae.length) best = view
  }
  return best
}
