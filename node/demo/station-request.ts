/** What a station sends for an ordinary adult citizen, and a border post to ask who somebody is. */
import { signRequest, type StationRequest } from '../post/request.ts'
import { systemClock } from '../clock.ts'
import { systemRandom } from '../random.ts'
import { adultApplication, type CapturedQuality } from './adult.ts'
import type { Officials } from './officials.ts'

export interface Wanted {
  readonly action: 'enrol' | 'identify' | 'verify'
  readonly fingers: readonly CapturedQuality[]
  readonly handle?: Uint8Array | undefined
  readonly post: string
  readonly caseNumber: string
  readonly legalBasis: string
}

/** Signed by an officer whose role may do it. */
export function stationRequest(
  wanted: Wanted,
  { network, officials }: { readonly network: string; readonly officials: Officials },
): StationRequest {
  const isEnrolment = wanted.action === 'enrol'
  const modules = { clock: systemClock, random: systemRandom }
  const about = {
    network,
    purpose: isEnrolment ? 'document-issue' : 'border-control',
    ...wanted,
    handle: wanted.handle,
    ...(isEnrolment ? { application: adultApplication(wanted.fingers, modules) } : {}),
  } as const
  const role = isEnrolment ? 'enrolment-officer' : 'border-officer'
  return signRequest(about, officials.officers[role], modules)
}
