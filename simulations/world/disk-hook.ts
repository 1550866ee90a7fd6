/**
 * A hand on a machine's disks: a test may decide what becomes of each single write, to crash at the
 * n-th one for every n, or to let one fail that is there all the same.
 */
import { TamgaError } from '../../protocol/errors.ts'

import type { AnchorValue } from '../../node/store/anchor.ts'
import type { StoreOp } from '../../node/store/store.ts'
import type { DiskFaults } from './faults.ts'
import type { SeededRandom, Span } from './seeded-random.ts'

/** A write at the moment when it would reach the disk of that label. */
export type DiskOperation =
  | {
      readonly kind: 'batch'
      readonly label: string
      readonly ops: readonly StoreOp[]
      readonly durable: boolean
    }
  | {
      readonly kind: 'create' | 'swap'
      readonly label: string
      readonly name: string
      readonly next: AnchorValue
    }

/**
 * `lost` and `kept`: reported as failed, and not there or there for good. `crash-before` and
 * `crash-after`: the power goes, and the write was not there yet or was, as durable as it asked to
 * be; nobody ever hears of it.
 */
export type DiskOutcome = 'ok' | 'lost' | 'kept' | 'crash-before' | 'crash-after'

/** Where it says nothing, the faults of the world decide. */
export type OnOperation = (operation: DiskOperation) => DiskOutcome | undefined

/** What a store or an anchor knows of its machine. */
export interface DiskHook {
  readonly label: string
  readonly ask: OnOperation
  /** The machine loses power. */
  readonly crash: () => void
}

/** A write that goes wrong: rejects with `storage`, or never ends. */
export async function goWrong(
  outcome: Exclude<DiskOutcome, 'ok'>,
  persist: () => void,
  crash: (() => void) | undefined,
): Promise<never> {
  if (outcome === 'kept' || outcome === 'crash-after') persist()
  if (outcome === 'lost' || outcome === 'kept') {
    throw new TamgaError('storage', 'the write has failed')
  }
  crash?.()
  return new Promise(() => {})
}

/** What the faults make of a write. */
export function outcomeByChance(faults: DiskFaults, random: SeededRandom): 'ok' | 'lost' | 'kept' {
  if (!random.chance(faults.failureProbability)) return 'ok'
  return random.chance(faults.keptAfterFailureProbability) ? 'kept' : 'lost'
}

/** How long something takes that takes `span`, on a disk that may stall. */
export function drawMs(span: Span, faults: DiskFaults, random: SeededRandom): number {
  const stall = random.chance(faults.stallProbability) ? faults.stallMs : NONE
  return random.between(span) + random.between(stall)
}

const NONE: Span = { min: 0, max: 0 }
