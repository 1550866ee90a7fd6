/**
 * Whether the fingers that were taken are enough, in number and in quality.
 *
 * Source: BSI TR-03121 v6: up to three attempts, then the best is kept with a reason on record, and
 * a missing finger is recorded with its cause. Qualities are NFIQ 2's, 0 to 100.
 */
import type { FingerRecord } from './application.ts'
import type { Policy } from './policy.ts'
import type { ReasonCode } from './reasons/reason.ts'

export interface Kept {
  /** Which of the attempts, from 0. */
  readonly attempt: number
  readonly quality: number
}

/** What speaks against taking these fingers, and what is to be noted when nothing does. */
interface Examined {
  readonly against: readonly ReasonCode[]
  readonly notes: readonly ReasonCode[]
}

/** The attempt that is kept: the best, of equals the first. Undefined for a missing finger. */
export function keptAttempt({ attempts }: FingerRecord): Kept | undefined {
  if (attempts.length === 0) return undefined
  const quality = Math.max(...attempts)
  return { attempt: attempts.indexOf(quality), quality }
}

/** The captured fingers whose best attempt is below the policy's threshold for them. */
export function fingersBelow(
  policy: Policy,
  fingers: readonly FingerRecord[],
): readonly FingerRecord[] {
  return fingers.filter((finger) => {
    const kept = keptAttempt(finger)
    return kept !== undefined && kept.quality < (policy.thresholds[finger.position] ?? Infinity)
  })
}

export function examineFingers(policy: Policy, fingers: readonly FingerRecord[]): Examined {
  const counted = countFingers(policy, fingers)
  const below = fingersBelow(policy, fingers)
  const against = [...counted.against]
  if (below.some(({ attempts }) => attempts.length < policy.attemptsMax)) {
    against.push('recapture-needed')
  } else if (below.some(({ reason }) => reason === '')) {
    against.push('quality-too-low')
  }
  return { against, notes: below.length > 0 ? [...counted.notes, 'best-kept'] : counted.notes }
}

/**
 * Walks the wanted fingers in their order until enough of them are captured. A finger may be passed
 * over only when it is on record as missing: nobody chooses which fingers the register knows.
 */
function countFingers(policy: Policy, fingers: readonly FingerRecord[]): Examined {
  const missing: FingerRecord[] = []
  let captured = 0
  for (const position of policy.wanted) {
    if (captured >= policy.wantedLeast) break
    const finger = fingers.find((candidate) => candidate.position === position)
    if (finger === undefined) return { against: ['fingers-missing'], notes: [] }
    if (finger.missing === undefined) captured += 1
    else missing.push(finger)
  }
  if (captured >= policy.wantedLeast) return { against: [], notes: [] }
  if (missing.some(({ missing: cause }) => cause && policy.postponement.causes.includes(cause))) {
    return { against: ['postponed-injury'], notes: [] }
  }
  if (captured === 0) return { against: ['exempt-no-fingers'], notes: [] }
  return { against: [], notes: ['fewer-fingers'] }
}
