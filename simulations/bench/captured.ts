/** What a station or a border post sends a node about a synthetic person. */
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import { signRequest, type StationRequest } from '../../node/cli/request.ts'
import { systemClock } from '../../node/clock.ts'
import { adultApplication } from '../../node/demo/adult.ts'
import type { Officials } from '../../node/demo/officials.ts'
import { systemRandom } from '../../node/random.ts'
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
  { network, officials }: { readonly network: string; readonly officials: Officials },
  random: SeededRandom,
): StationRequest {
  const quality = Math.max(drawQuality(person, random), QUALITY_MIN)
  const fingers = person.fingers.map((finger) => {
    const view = impression(finger, random, { quality })
    return { position: view.position, template: writeIso19794v2005({ views: [view] }) }
  })
  const isEnrolment = action === 'enrol'
  const modules = { clock: systemClock, random: systemRandom }
  const about = {
    network,
    action,
    post: 'bench',
    purpose: isEnrolment ? 'document-issue' : 'border-control',
    caseNumber: 'bench',
    legalBasis: 'bench',
    handle,
    fingers,
    ...(isEnrolment ? { application: adultApplication(fingers, modules) } : {}),
  }
  const role = isEnrolment ? 'enrolment-officer' : 'border-officer'
  return signRequest(about, officials.officers[role], modules)
}
