/** What a station or a border post sends a node about a synthetic person. */
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import type { StationRequest } from '../../node/post/request.ts'
import type { Officials } from '../../node/demo/officials.ts'
import { stationRequest } from '../../node/demo/station-request.ts'
import { impression } from '../people/impression.ts'
import { drawQuality, type Person } from '../people/person.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

/** A finger that shows too little is taken again at a station. */
const QUALITY_MIN = 0.5

export function captured(
  {
    action,
    person,
    handle,
  }: {
    readonly action: 'enrol' | 'identify' | 'verify'
    readonly person: Person
    readonly handle?: Uint8Array | undefined
  },
  register: { readonly network: string; readonly officials: Officials },
  random: SeededRandom,
): StationRequest {
  const quality = Math.max(drawQuality(person, random), QUALITY_MIN)
  const fingers = person.fingers.map((finger) => {
    const view = impression(finger, random, { quality })
    return { position: view.position, template: writeIso19794v2005({ views: [view] }) }
  })
  const why = { post: 'bench', caseNumber: 'bench', legalBasis: 'bench' }
  return stationRequest({ action, fingers, handle, ...why }, register)
}
