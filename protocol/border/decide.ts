/**
 * From the checks of an inspection to a verdict and to what comes next. Pure, so that the post, the
 * node that logs it and an auditor come to the same.
 *
 * There is no step that turns anybody away: that is an officer's decision, whatever was found.
 */
import { TamgaError } from '../errors.ts'
import { INSPECTED, type InspectedName, type InspectedOutcome } from './check.ts'
import { PROFILE, type ProfileName } from './profile.ts'

export type InspectionVerdict = 'successful' | 'failed' | 'undetermined'

export const STEPS = ['admit', 'capture-again', 'second-line', 'alert'] as const
export type Step = (typeof STEPS)[number]

export const DECISIONS = ['admitted', 'second-line', 'refused'] as const
export type Decision = (typeof DECISIONS)[number]

export interface Decided {
  readonly verdict: InspectionVerdict
  /** What kept it from being successful, in the order of the checks. */
  readonly because: readonly InspectedName[]
  readonly step: Step
}

/** Checks that another capture may change. */
const OF_CAPTURE: ReadonlySet<InspectedName> = new Set<InspectedName>([
  'capture-quality',
  'live-to-chip',
  'live-to-register',
])

/**
 * Whether the traveller may pass by what was found, and if not, what to do next.
 *
 * - somebody on the watch list is an `alert`, whatever else was found
 * - prints that were too poor, where nothing but prints is amiss: `capture-again`
 * - all else goes to the second line
 *
 * @throws TamgaError `unprocessable`: not every check once
 */
export function decideInspection(
  checks: readonly InspectedOutcome[],
  profile: ProfileName,
): Decided {
  const outcomes = new Map(checks.map(({ name, outcome }) => [name, outcome]))
  const isWhole = checks.length === INSPECTED.length && outcomes.size === INSPECTED.length
  if (!isWhole) throw new TamgaError('unprocessable', 'an inspection has every check once')
  const weights = PROFILE[profile]
  const counts = (name: InspectedName): boolean => {
    const outcome = outcomes.get(name)
    if (weights[name] === 'optional' || outcome === 'successful') return false
    return weights[name] === 'mandatory' || outcome === 'failed'
  }
  const because = INSPECTED.filter(counts)
  const hasFailed = because.some((name) => {
    return weights[name] === 'mandatory' && outcomes.get(name) === 'failed'
  })
  const isWatched = outcomes.get('watch-list') === 'failed'
  if (isWatched) return { verdict: 'failed', because, step: 'alert' }
  if (because.length === 0) return { verdict: 'successful', because, step: 'admit' }
  const isPoor = outcomes.get('capture-quality') === 'failed'
  const isOfCapture = isPoor && because.every((name) => OF_CAPTURE.has(name))
  const step = isOfCapture ? 'capture-again' : 'second-line'
  return { verdict: hasFailed ? 'failed' : 'undetermined', because, step }
}

/** Whether an officer who decides so goes against what comes next, and has to say why. */
export function isOverride(step: Step, decision: Decision): boolean {
  if (step === 'admit') return decision !== 'admitted'
  return decision !== 'second-line'
}
