/**
 * Everything that a simulated world may do to the code in it, by name, and how much of each a seed
 * chooses.
 *
 * The idea of one structure that names every fault is TigerBeetle's (VOPR, src/vopr.zig). That each
 * seed leaves a random half of the faults out is swarm testing (A. Groce et al., ISSTA 2012): some
 * failures need the absence of another.
 */
import { SeededRandom, type Span } from './seeded-random.ts'

export interface NetworkFaults {
  /** How long a message takes, ms; what is drawn later may arrive earlier. */
  readonly delayMs: Span
  /** A message that takes `slowMs` instead. */
  readonly slowProbability: number
  readonly slowMs: Span
  /** A request, an answer or an announcement that never arrives. */
  readonly lossProbability: number
  /** An announcement that arrives twice. Requests do not: a stream delivers once. */
  readonly duplicationProbability: number
  /** A peer that is away is noticed (`unreachable`) instead of waited for until the deadline. */
  readonly refusalProbability: number
}

export interface DiskFaults {
  readonly readMs: Span
  readonly writeMs: Span
  /** What a durable batch takes beyond `writeMs`. */
  readonly syncMs: Span
  /** An operation that takes `stallMs` more. */
  readonly stallProbability: number
  readonly stallMs: Span
  /** A batch that fails; the store then refuses all writes, as LevelDB does after a failed sync. */
  readonly failureProbability: number
  /** A failed batch that is there after a restart all the same. */
  readonly keptAfterFailureProbability: number
}

export interface ClockFaults {
  /** How far machines' clocks are off, ms. */
  readonly offsetMs: Span
}

export interface ChaosFaults {
  /** Mean time between partitions, ms; Infinity for none. */
  readonly partitionEveryMs: number
  readonly partitionLastsMs: Span
  /** A partition that stops messages in one direction only. */
  readonly oneWayProbability: number
  /** Mean time between crashes, over all machines, ms; Infinity for none. */
  readonly crashEveryMs: number
  readonly crashLastsMs: Span
}

export interface Faults {
  readonly network: NetworkFaults
  readonly disk: DiskFaults
  readonly clock: ClockFaults
  readonly chaos: ChaosFaults
}

/** A world in which everything takes some time and nothing goes wrong. */
export const NO_FAULTS: Faults = {
  network: {
    delayMs: { min: 1, max: 5 },
    slowProbability: 0,
    slowMs: { min: 0, max: 0 },
    lossProbability: 0,
    duplicationProbability: 0,
    refusalProbability: 1,
  },
  disk: {
    readMs: { min: 0.05, max: 0.5 },
    writeMs: { min: 0.05, max: 0.5 },
    syncMs: { min: 0.5, max: 5 },
    stallProbability: 0,
    stallMs: { min: 0, max: 0 },
    failureProbability: 0,
    keptAfterFailureProbability: 0,
  },
  clock: { offsetMs: { min: 0, max: 0 } },
  chaos: {
    partitionEveryMs: Infinity,
    partitionLastsMs: { min: 0, max: 0 },
    oneWayProbability: 0,
    crashEveryMs: Infinity,
    crashLastsMs: { min: 0, max: 0 },
  },
}

/** The most that a seed may choose of each; times in ms. */
export const FAULT_LIMITS = {
  /** Half around the globe and back. */
  delayMs: 300,
  slowProbability: 0.05,
  /** Longer than any sensible deadline. */
  slowMs: 30_000,
  lossProbability: 0.1,
  duplicationProbability: 0.2,
  /** A disk that is failing but not yet failed. */
  stallProbability: 0.02,
  stallMs: 2_000,
  failureProbability: 0.001,
  /** A machine without NTP for some weeks. */
  offsetMs: 60_000,
  partitionEveryMs: { min: 5_000, max: 120_000 },
  partitionLastsMs: 60_000,
  crashEveryMs: { min: 5_000, max: 120_000 },
  crashLastsMs: 60_000,
} as const

/**
 * The faults of one seed: each is there or not by the toss of a coin, and if there, up to its
 * limit.
 */
export function faultsFromSeed(seed: string | number): Faults {
  const random = new SeededRandom(seed).fork('faults')
  const upTo = (max: number) => (random.chance(0.5) ? random.between({ min: 0, max }) : 0)
  const every = (span: Span) => (random.chance(0.5) ? random.between(span) : Infinity)
  const offsetMs = upTo(FAULT_LIMITS.offsetMs)
  return {
    network: {
      delayMs: { min: 0.1, max: 1 + upTo(FAULT_LIMITS.delayMs) },
      slowProbability: upTo(FAULT_LIMITS.slowProbability),
      slowMs: { min: 100, max: FAULT_LIMITS.slowMs },
      lossProbability: upTo(FAULT_LIMITS.lossProbability),
      duplicationProbability: upTo(FAULT_LIMITS.duplicationProbability),
      refusalProbability: random.next(),
    },
    disk: {
      ...NO_FAULTS.disk,
      stallProbability: upTo(FAULT_LIMITS.stallProbability),
      stallMs: { min: 10, max: FAULT_LIMITS.stallMs },
      failureProbability: upTo(FAULT_LIMITS.failureProbability),
      keptAfterFailureProbability: random.next(),
    },
    clock: { offsetMs: { min: -offsetMs, max: offsetMs } },
    chaos: {
      partitionEveryMs: every(FAULT_LIMITS.partitionEveryMs),
      partitionLastsMs: { min: 100, max: FAULT_LIMITS.partitionLastsMs },
      oneWayProbability: upTo(1),
      crashEveryMs: every(FAULT_LIMITS.crashEveryMs),
      crashLastsMs: { min: 100, max: FAULT_LIMITS.crashLastsMs },
    },
  }
}
