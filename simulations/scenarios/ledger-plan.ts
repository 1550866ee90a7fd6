/**
 * What one seed does to the ledgers: how many nodes there are, what goes wrong around them, and
 * which single misfortune one of them meets.
 */
import { NO_FAULTS, type Faults } from '../world/faults.ts'
import { SeededRandom, type Span } from '../world/seeded-random.ts'

/**
 * The misfortune of one node:
 * - `none`: only what every seed may bring;
 * - `old-store`, `old-machine`: a backup of the database, or of all disks, is put back;
 * - `lost-store`, `wiped`: the database is gone, or all disks, and the log is made again;
 * - `clone`: the node runs a second time elsewhere, on a copy of its disks;
 * - `split-view`: the same, and the second one signs without asking anybody;
 * - `rollback`: a backup of all disks is put back, and the node signs without asking anybody;
 * - `liar`: it answers what no honest node answers;
 * - `bit-flips`: bits flip in its database while it runs and while it does not;
 * - `rotten-anchor`: the newest value of its log's anchor, or of one as a witness, is lost;
 * - `strange-disks`: it is started on the disks of another node, and later on its own.
 */
export const SCENES = [
  'none',
  'old-store',
  'old-machine',
  'lost-store',
  'wiped',
  'clone',
  'split-view',
  'rollback',
  'liar',
  'bit-flips',
  'rotten-anchor',
  'strange-disks',
] as const

export type Scene = (typeof SCENES)[number]

/** Where the node's key, or the node, is not to be trusted any more: one of the f that may lie. */
const BYZANTINE: readonly Scene[] = ['split-view', 'rollback', 'liar', 'clone']

/** Where the log may sign a second history of what nobody else had confirmed. */
const FORGETFUL: readonly Scene[] = ['old-machine', 'wiped', 'clone', 'split-view', 'rollback']

export interface LedgerPlan {
  readonly names: readonly string[]
  readonly scene: Scene
  /** Whom it meets. */
  readonly victim: string
  readonly faults: Faults
  /** Probability that a write of an honest node goes wrong, in one of four ways. */
  readonly misfireProbability: number
  readonly stormMs: number
  /** How often somebody appends. */
  readonly appends: number
  /** Most entries at once, and how many come at once one time: in some seeds, over a package. */
  readonly entriesMax: number
  readonly entriesBulk: number
  /** Mean time between jumps of a clock, ms, and how far they go. */
  readonly clockJumpEveryMs: number
  readonly clockJumpMs: Span
  /** Mean time between disks that are full for a while, ms. */
  readonly fullEveryMs: number
  readonly fullMs: Span
}

const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe', 'atyrau'] as const

/** Fewest nodes of which one may lie. */
const BYZANTINE_NODES_MIN = 4

const STORM_MS = 9_000

export function ledgerPlan(seed: number, chosen?: Scene): LedgerPlan {
  const random = new SeededRandom(seed).fork('plan')
  const scene = chosen ?? SCENES[seed % SCENES.length]!
  const least = BYZANTINE.includes(scene) ? BYZANTINE_NODES_MIN : 3
  const count = least + random.integer(Math.min(2, NAMES.length - least + 1))
  const names = NAMES.slice(0, count)
  const some = (max: number): number => (random.chance(0.5) ? random.between({ min: 0, max }) : 0)
  const every = (span: Span): number => (random.chance(0.5) ? random.between(span) : Infinity)
  return {
    names,
    scene,
    victim: random.pick(names),
    faults: faultsOf(random, some, every),
    misfireProbability: some(0.02),
    stormMs: STORM_MS,
    appends: 6 + random.integer(8),
    entriesMax: 1 + random.integer(6),
    entriesBulk: random.chance(0.1) ? 200 + random.integer(200) : 0,
    clockJumpEveryMs: every({ min: 1_000, max: 6_000 }),
    clockJumpMs: { min: -3_600_000, max: 600_000 },
    fullEveryMs: every({ min: 2_000, max: 9_000 }),
    fullMs: { min: 50, max: 2_000 },
  }
}

/** Whether the log of the victim may contradict itself: then it has to be caught instead. */
export function mayForget({ scene }: LedgerPlan): boolean {
  return FORGETFUL.includes(scene)
}

/** Whether what the victim says as a witness or a mirror counts for nothing. */
export function mayLie({ scene }: LedgerPlan): boolean {
  return BYZANTINE.includes(scene)
}

function faultsOf(
  random: SeededRandom,
  some: (max: number) => number,
  every: (span: Span) => number,
): Faults {
  const offsetMs = some(60_000)
  const isFlapping = random.chance(0.3)
  return {
    network: {
      delayMs: { min: 0.1, max: 1 + some(200) },
      slowProbability: some(0.05),
      slowMs: { min: 100, max: 12_000 },
      lossProbability: some(0.08),
      duplicationProbability: some(0.2),
      refusalProbability: random.next(),
    },
    disk: {
      ...NO_FAULTS.disk,
      stallProbability: some(0.02),
      stallMs: { min: 10, max: 1_500 },
    },
    clock: { offsetMs: { min: -offsetMs, max: offsetMs } },
    chaos: {
      partitionEveryMs: every(isFlapping ? { min: 100, max: 600 } : { min: 1_500, max: 8_000 }),
      partitionLastsMs: isFlapping ? { min: 20, max: 400 } : { min: 100, max: 4_000 },
      oneWayProbability: some(1),
      crashEveryMs: every({ min: 800, max: 6_000 }),
      crashLastsMs: { min: 10, max: 2_500 },
    },
  }
}
