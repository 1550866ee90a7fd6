/**
 * What a node makes of the logs that it holds, by the very rule that nodes go by:
 * `protocol/pairs/pair-coverage.ts`. Each view is made twice, reading the logs in two orders.
 */
import type { Place } from '../../protocol/covered-log.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { PairCoverage, type EnrolledRecord } from '../../protocol/pairs/pair-coverage.ts'
import type { PartCandidate } from '../../protocol/part.ts'
import type { LogTable } from './log-table.ts'
import { range, type ModelEntry, type Outlook, type RegionPlace, type Sizes } from './regions.ts'

const HANDLE_BYTES = 16
const LEAF_BYTES = 32

export type Status = 'absent' | 'provisional' | 'confirmed' | 'suspended'

export interface RecordsView extends Outlook {
  /** By enrolment. */
  readonly statuses: readonly Status[]
  /** Whether the order in which the logs were read makes no difference. */
  readonly isSettled: boolean
}

/** The rule, or a wrong one that is to be found out. */
export type Rule = new (logs: readonly string[]) => PairCoverage

export class Records {
  readonly #rule: Rule
  readonly #logs: LogTable
  readonly #known = new Map<string, RecordsView>()

  constructor(rule: Rule, { logs }: { logs: LogTable }) {
    this.#rule = rule
    this.#logs = logs
  }

  /** @param held by region, the log as far as it is there; `at` has the place of each enrolment */
  view(held: readonly number[], at: readonly (RegionPlace | undefined)[]): RecordsView {
    // An entry names others by their places, also those whose log is not here as far as that.
    const key = `${held.join()}/${at.map((place) => place && `${place.log}.${place.index}`).join()}`
    const known = this.#known.get(key)
    if (known) return known
    const there = range(held.length)
    const places = at.map((place) => place && { ...place, log: nameOf(place.log) })
    const about = { held: held.map((log) => this.#logs.entries(log)), places }
    const one = this.#read(about, there)
    const other = this.#read(about, there.toReversed())
    const isSettled = one.statuses.join() === other.statuses.join()
    const view = { ...one, isSettled }
    this.#known.set(key, view)
    return view
  }

  #read(
    { held: logs, places }: { held: readonly (readonly ModelEntry[])[]; places: Places },
    order: readonly number[],
  ): Omit<RecordsView, 'isSettled'> {
    const coverage = new this.#rule(logs.map((_, log) => nameOf(log)))
    const duplicates = new Set<number>()
    const there = new Set<number>()
    for (const log of order) {
      for (const [index, entry] of logs[log]!.entries()) {
        const place = { log: nameOf(log), index }
        coverage.see(place, frontierOf(entry.frontier))
        if (entry.type === 'seen') continue
        const { enrolment, named } = entry
        if (entry.type === 'enrolment') {
          const record = recordOf(place, entry, places)
          there.add(enrolment)
          coverage.enrol(record)
          coverage.setCurrent(record.handle, record.leaf)
          if (named.length > 0) duplicates.add(enrolment)
        } else coverage.crossCheck(checkOf(entry, places))
      }
    }
    const statuses = range(places.length).map((enrolment): Status => {
      if (!there.has(enrolment)) return 'absent'
      const { isCompared, rivals } = coverage.standing(leafOf(enrolment))
      if (rivals.length > 0 || duplicates.has(enrolment)) return 'suspended'
      return isCompared ? 'confirmed' : 'provisional'
    })
    const later = [...coverage.uncovered()].map(([a, b]) => (coverage.isFirst(a, b) ? b : a))
    const due = [...new Set(later.map(({ handle }) => handle[0]!))]
    return { statuses, due, isBehind: (region) => coverage.isBehind(nameOf(region)) }
  }
}

function recordOf(
  place: Place,
  { enrolment, frontier, named }: Exclude<ModelEntry, { type: 'seen' }>,
  places: Places,
): EnrolledRecord {
  const [handle, leaf] = [handleOf(enrolment), leafOf(enrolment)]
  const found = named.map((one) => places[one]!)
  return { ...place, handle, leaf, shard: 0, frontier: frontierOf(frontier), named: found }
}

function checkOf(
  { enrolment, frontier, named }: Exclude<ModelEntry, { type: 'seen' }>,
  places: Places,
) {
  const place = { ...places[enrolment]!, leaf: leafOf(enrolment) }
  const candidates = named.map((one): PartCandidate => {
    return { handle: handleOf(one), shard: 0, score: 1, fingers: [], ...places[one]! }
  })
  return { at: 0, threshold: 1, enrolment: place, frontier: frontierOf(frontier), candidates }
}

/** By enrolment. */
type Places = readonly (Place | undefined)[]

function frontierOf(sizes: Sizes): LogSize[] {
  return sizes.map((size, log) => ({ node: nameOf(log), size }))
}

function nameOf(log: number): string {
  return `region-${log}`
}

function handleOf(enrolment: number): Uint8Array {
  return new Uint8Array(HANDLE_BYTES).fill(enrolment)
}

/** In the order of the enrolments: of the two of one person that says all, by their symmetry. */
function leafOf(enrolment: number): Uint8Array {
  return new Uint8Array(LEAF_BYTES).fill(enrolment)
}
