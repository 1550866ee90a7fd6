/**
 * What an officer would state of an ordinary adult citizen: the captured fingers print well, and
 * where there are fewer than a person has, the others are gone.
 */
import type { CapturedFinger } from '../../protocol/payload.ts'
import { FINGERS_MAX } from '../../protocol/limits.ts'
import {
  encodeApplication,
  type Application,
  type FingerRecord,
} from '../../protocol/rules/application.ts'
import { civilDateAt } from '../../protocol/rules/civil-date.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'

/** Above every threshold of the known policies, NFIQ 2. */
const QUALITY = 60

const NONCE_BYTES = 32

/** @param stated what is to be said otherwise */
export function adultApplication(
  fingers: readonly CapturedFinger[],
  { clock, random }: { clock: Clock; random: Random },
  stated: Partial<Application> = {},
): Uint8Array {
  return encodeApplication({
    nonce: random.bytes(NONCE_BYTES),
    born: '1990-06-15',
    citizenship: 'citizen',
    sex: 'unknown',
    consent: 'own',
    consentForm: 'form 1',
    requestedOn: civilDateAt(clock.now()),
    fingers: [...fingers.map(captured), ...othersThan(fingers)],
    ...stated,
  })
}

function captured({ position }: CapturedFinger): FingerRecord {
  return { position, attempts: [QUALITY], missing: undefined, reason: '' }
}

function othersThan(fingers: readonly CapturedFinger[]): readonly FingerRecord[] {
  const all = Array.from({ length: FINGERS_MAX }, (_, i) => i + 1)
  const others = all.filter((place) => fingers.every(({ position }) => position !== place))
  return others.map((position) => ({ position, attempts: [], missing: 'amputated', reason: '' }))
}
