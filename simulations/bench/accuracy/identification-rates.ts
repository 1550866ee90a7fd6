/**
 * Error rates of identification, ISO/IEC 19795-1 (1:N, open set).
 *
 * Every search is counted twice. With its own person in the gallery it is mated: it fails (FNIR)
 * unless that person is among the candidates with at least the threshold. With its own person left
 * out of the list it is non-mated: it fails (FPIR) if anybody else reaches the threshold. A search
 * that could not be made for want of a template is mated and lost, and non-mated and quiet.
 */
import { wilsonInterval, type Interval } from './bootstrap.ts'

/** What one search said about its own person and about strangers. */
export interface Outcome {
  readonly person: string
  /** Score of the own person; undefined where it is no candidate. */
  readonly mate: number | undefined
  /** 1 and the number of strangers who score at least as much: ties count against us. */
  readonly rank: number | undefined
  /** Best score of a stranger; undefined where there is no such candidate. */
  readonly stranger: number | undefined
  /** Score of the own person compared alone, where that was done. */
  readonly alone?: number | undefined
}

export interface IdentificationPoint {
  readonly threshold: number
  /** Fraction of non-mated searches with somebody at or above the threshold. */
  readonly fpir: number
  /** Fraction of mated searches without their own person at or above the threshold. */
  readonly fnir: number
}

export function outcomeOf(
  person: string,
  candidates: readonly { readonly id: string; readonly score: number }[],
  alone?: number,
): Outcome {
  const mate = candidates.find(({ id }) => id === person)?.score
  let stranger: number | undefined
  let before = 0
  for (const { id, score } of candidates) {
    if (id === person) continue
    stranger = Math.max(stranger ?? score, score)
    if (mate !== undefined && score >= mate) before += 1
  }
  return { person, mate, rank: mate === undefined ? undefined : 1 + before, stranger, alone }
}

/** A point for every score that decides something and for one above the last, ascending. */
export function identificationPoints(outcomes: readonly Outcome[]): IdentificationPoint[] {
  const scores = outcomes.flatMap(({ mate, stranger }) => [mate, stranger])
  const known = scores.filter((score) => score !== undefined)
  const thresholds = [...new Set(known.flatMap((score) => [score, score + 1]))]
  thresholds.sort((one, two) => one - two)
  return thresholds.map((threshold) => ({
    threshold,
    fpir: shareOf(outcomes, ({ stranger }) => (stranger ?? -Infinity) >= threshold),
    fnir: shareOf(outcomes, ({ mate }) => (mate ?? -Infinity) < threshold),
  }))
}

/** Percent of mated searches lost at the lowest threshold with at most this FPIR. */
export function fnirAt(points: readonly IdentificationPoint[], fpir: number): number {
  return 100 * (points.find((point) => point.fpir <= fpir)?.fnir ?? 1)
}

/** Percent of mated searches whose own person is among the first `rank`. */
export function identifiedWithin(outcomes: readonly Outcome[], rank: number): number {
  return 100 * shareOf(outcomes, (outcome) => (outcome.rank ?? Infinity) <= rank)
}

/**
 * Percent of mated searches that an exhaustive precise matcher might have put first and the search
 * did not: the own person was not looked at closely and would have scored above all who were. Of
 * the others not looked at, somebody may score higher still, so that it is a bound.
 */
export function lostAtMost(outcomes: readonly Outcome[]): number {
  const isLost = ({ mate, alone, stranger }: Outcome): boolean => {
    return mate === undefined && alone !== undefined && alone > (stranger ?? -Infinity)
  }
  return 100 * shareOf(outcomes, isLost)
}

/** By rank, from 1: the cumulative match characteristic, as fractions. */
export function cumulativeMatches(outcomes: readonly Outcome[], ranks: number): number[] {
  return Array.from({ length: ranks }, (_, index) => identifiedWithin(outcomes, index + 1) / 100)
}

/**
 * Wilson's interval of a rate in percent with people, not searches, as the sample: searches of one
 * person stand or fall together. Wide on purpose.
 */
export function intervalByPeople(percent: number, outcomes: readonly Outcome[]): Interval {
  return wilsonInterval(percent / 100, new Set(outcomes.map(({ person }) => person)).size)
}

function shareOf(outcomes: readonly Outcome[], isCounted: (outcome: Outcome) => boolean): number {
  return outcomes.length === 0 ? 0 : outcomes.filter(isCounted).length / outcomes.length
}
