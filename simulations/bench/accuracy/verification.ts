/** One extractor's templates compared: by set, by group of sets, and with several fingers. */
import { rateIntervals, type RateIntervals, type Trial } from './bootstrap.ts'
import { detPoints, errorRates, type DetPoint, type ErrorRates } from './error-rates.ts'
import type { Extractor } from './peers.ts'
import { compareSet } from './protocol.ts'
import { fusedTrials, type ComparedSet } from './pseudo-people.ts'
import { scorerOf } from './scoring.ts'
import type { FvcSet } from './sets.ts'

/** Fingers of a pseudo-person. */
export const FINGER_COUNTS = [1, 2, 4, 10] as const

/** The folder of the sets on which descriptor and weights were chosen. */
const CHOSEN_ON = 'fvc2002'

/** People of more fingers share too many of them for a resample of fingers to tell anything. */
const FINGERS_RESAMPLED_MAX = 2

export interface Measured extends ErrorRates {
  /** Undefined where resampling fingers says nothing. */
  readonly intervals: RateIntervals | undefined
  readonly points: readonly DetPoint[]
}

/** Sets that are read together with one threshold. */
export interface Group extends Measured {
  /** `pooled`, or the folder that the sets have in common. */
  readonly name: string
  readonly sets: readonly ComparedSet<Uint8Array>[]
}

export interface Fused extends Measured {
  readonly fingers: (typeof FINGER_COUNTS)[number]
}

export interface Verification {
  readonly extractor: Extractor
  /** The first is all sets pooled. */
  readonly groups: readonly [Group, ...Group[]]
  readonly fused: readonly Fused[]
}

export function verify(
  extractor: Extractor,
  found: readonly FvcSet[],
  { replicates }: { replicates: number },
): Verification {
  const sets = found.map((set) => ({
    ...set,
    comparisons: compareSet(set.name, set.impressions, scorerOf),
  }))
  const group = (name: string, chosen: typeof sets): Group => {
    const trials = chosen.flatMap(({ comparisons }) => comparisons)
    return { name, sets: chosen, ...measured(trials, replicates) }
  }
  const folders = [...new Set(sets.map(folderOf))]
  const groups = folders.length < 2 ? [] : folders
  return {
    extractor,
    groups: [
      group('pooled', sets),
      ...groups.map((folder) =>
        group(
          folder,
          sets.filter((set) => folderOf(set) === folder),
        ),
      ),
    ],
    fused: FINGER_COUNTS.flatMap((fingers) => {
      const trials = fusedTrials(sets, fingers, scorerOf)
      if (trials.length === 0) return []
      const isResampled = fingers <= FINGERS_RESAMPLED_MAX
      return [{ fingers, ...measured(trials, isResampled ? replicates : 0) }]
    }),
  }
}

/** The group's name, and whether the matcher's parameters were fitted to it. */
export function labelOf({ name }: Group): string {
  if (name === 'pooled') return name
  return name === CHOSEN_ON ? `${name} (chosen on)` : `${name} (unseen)`
}

export function failuresIn(sets: readonly FvcSet[]): number {
  return sets.flatMap(({ impressions }) => impressions).filter(({ record }) => !record).length
}

function measured(trials: readonly Trial[], replicates: number): Measured {
  const intervals = replicates === 0 ? undefined : rateIntervals(trials, { replicates })
  return { ...errorRates(trials), intervals, points: detPoints(trials) }
}

/** Of `fvc2002/DB1_B`, fvc2002. */
function folderOf({ name }: FvcSet): string {
  return name.split(/[\\/]/)[0] ?? name
}
