/**
 * How often the search for duplicates is wrong, reckoned from what people decided: FPIR, the share
 * of searches without a mate that named somebody, and FNIR, the share of those with one that missed
 * it (ISO/IEC 19795-1:2021's terms), by region, sex and age band.
 *
 * Both are estimates. Who got in unseen and was never found counts as a search without a mate: a
 * register cannot know its own blind spots, so the true FNIR is not below what stands here. Each
 * rate comes with its counts and an interval, because without them it says nothing.
 */
import type { AgeBand, Sex } from './application.ts'
import type { Resolution } from './case.ts'

/** Of the standard normal distribution, 97.5 %: leaves 5 % outside, half at either end. */
const Z = 1.959963984540054

/** One search for duplicates, of an enrolment or an update, as it has turned out until now. */
export interface DuplicateCheck {
  /** The log in which the person was enrolled. */
  readonly region: string
  readonly sex: Sex
  readonly ageBand: AgeBand
  /** Of the case that it opened. */
  readonly resolution: Resolution | undefined
  /** Whether an update named the person's own record; undefined when there was none to name. */
  readonly foundOwn: boolean | undefined
  /** Whether a later case has shown that another record of the person stood there, unseen. */
  readonly missedOther: boolean
}

/** How often something happened of how many times that it might have. */
export interface Rate {
  readonly events: number
  readonly trials: number
  /** Between 0 and 1; undefined without trials. */
  readonly rate: number | undefined
  /** In which the true rate lies with 95 % confidence. */
  readonly interval: readonly [low: number, high: number]
}

export interface ErrorRates {
  readonly searches: number
  /** Searches whose case is open, or could not be told: they count for nothing in `fpir`. */
  readonly undecided: number
  readonly fpir: Rate
  readonly fnir: Rate
}

export interface Statistics {
  readonly all: ErrorRates
  /** Only groups of whom there was a search, by name. */
  readonly byRegion: ReadonlyMap<string, ErrorRates>
  readonly bySex: ReadonlyMap<Sex, ErrorRates>
  readonly byAgeBand: ReadonlyMap<AgeBand, ErrorRates>
}

export function statisticsOf(checks: readonly DuplicateCheck[]): Statistics {
  return {
    all: errorRates(checks),
    byRegion: grouped(checks, ({ region }) => region),
    bySex: grouped(checks, ({ sex }) => sex),
    byAgeBand: grouped(checks, ({ ageBand }) => ageBand),
  }
}

/**
 * A person's own record is no false positive of an update, and no mate of a search for others: an
 * update is a trial of both rates.
 */
export function errorRates(checks: readonly DuplicateCheck[]): ErrorRates {
  const undecided = checks.filter(isUndecided)
  const alone = checks.filter((check) => !isUndecided(check) && !hadOther(check))
  const mated = checks.filter((check) => hadOther(check) || check.foundOwn !== undefined)
  const falsePositives = alone.filter(({ resolution }) => resolution === 'different')
  const misses = mated.filter(({ foundOwn, missedOther }) => foundOwn === false || missedOther)
  return {
    searches: checks.length,
    undecided: undecided.length,
    fpir: rateOf(falsePositives.length, alone.length),
    fnir: rateOf(misses.length, mated.length),
  }
}

/**
 * The interval is Wilson's (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212), which Brown, Cai
 * and DasGupta (Statistical Science 16 (2001) 101–133) recommend for rates near 0.
 */
export function rateOf(events: number, trials: number): Rate {
  if (trials === 0) return { events, trials, rate: undefined, interval: [0, 1] }
  const rate = events / trials
  const square = Z ** 2 / trials
  const middle = (rate + square / 2) / (1 + square)
  const reach = (Z * Math.sqrt((rate * (1 - rate) + square / 4) / trials)) / (1 + square)
  // Rounding must not leave the ends a hair off: nothing and everything are possible at them.
  const low = events === 0 ? 0 : middle - reach
  const high = events === trials ? 1 : middle + reach
  return { events, trials, rate, interval: [low, high] }
}

function isUndecided({ resolution }: DuplicateCheck): boolean {
  return resolution === 'open' || resolution === 'cannot-tell'
}

/** Whether another record of the person stood in the register. */
function hadOther({ resolution, missedOther }: DuplicateCheck): boolean {
  return resolution === 'same' || missedOther
}

function grouped<K extends string>(
  checks: readonly DuplicateCheck[],
  groupOf: (check: DuplicateCheck) => K,
): Map<K, ErrorRates> {
  const names = [...new Set(checks.map(groupOf))].toSorted()
  return new Map(
    names.map((name) => {
      return [name, errorRates(checks.filter((check) => groupOf(check) === name))]
    }),
  )
}
