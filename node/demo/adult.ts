/**
 * What an officer would state of an ordinary adult citizen: how well the captured fingers print,
 * and where there are fewer than a person has, that the others are gone.
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

/** A finger as it was captured, and the quality of each attempt where that was measured. */
export interface CapturedQuality extends CapturedFinger {
  readonly qualities?: readonly number[]
}

/** Of a template, whose print nobody has here: above every threshold of the known policies. */
const TEMPLATE_QUALITIES = [60]

const NONCE_BYTES = 32

/** @param stated what is to be said otherwise */
export function adultApplication(
  fingers: readonly CapturedQuality[],
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

function captured({ position, qualities = TEMPLATE_QUALITIES }: CapturedQuality): FingerRecord {
  return { position, attempts: qualities, missing: undefined, reason: '' }
}

function othersThan(fingers: readonly CapturedFinger[]): readonly FingerRecord[] {
  const all = Array.from({ length: FINGERS_MAX }, (_, i) => i + 1)
  const others = all.filter((place) => fingers.every(({ position }) => position !== place))
  return others.map((position) => ({ position, attempts: [], missing: 'amputated', reason: '' }))
}
