/**
 * The register of `regions.ts` with nothing left in it but the logs: a model that may do whatever
 * that one may, and more, and has so few states that three regions can be looked at to the end.
 *
 * What a node holds, which searches are under way, who is cut off, who is down and which shard a
 * record is of, all that only limits what may be written next. Here it does not: an entry may be
 * written as if its node had held any part of the logs, as if its search had been answered by any
 * replicas, each as far as it liked, and had been under way for any time. So every log that regions
 * can write with any number of replicas, cuts and crashes can be written here. It is found by
 * going through their steps one by one:
 *
 * - to copy, to search, to be cut off, to crash and to come back write nothing;
 * - an enrolment has read of each log any size that the log has, and names whom of the same
 *   person it has read of, and perhaps others that are there: of those, one shard knew already;
 * - to say what it has seen a node needs to have read of an enrolment that its log does not know;
 * - for a cross-check its node needs to hold both enrolments of a pair, and then it needs to hold
 *   no more: what covers a pair in some part of the logs covers it in all larger parts. A node that
 *   searched for the same one before had logged that when it began. The search reads both.
 *
 * A size in a frontier is told from another one only by the enrolments below: the rule looks at
 * nothing else. So each is rounded down to where the last of them ends, and of what a node has seen
 * before it says no less. `looselyOf` makes that of the logs of `regions.ts`; a test holds all that
 * those can write against what can be written here.
 */
import type { Step } from './explore.ts'
import { EMPTY, type LogTable } from './log-table.ts'
import { range, type ModelEntry, type RegionPlace, type Sizes } from './regions.ts'

export interface LooseOptions {
  readonly regions: number
  readonly enrolments: number
  /** How many of them, the first, are of one person; each of the others is of somebody else. */
  readonly same: number
}

export interface LooseState {
  /** By region, as the table of logs has them. */
  readonly logs: readonly number[]
  /** By enrolment, where it stands. */
  readonly places: readonly (RegionPlace | undefined)[]
}

/** For whom a search has to be made, by who holds so much of the logs. */
export type Due = (held: readonly number[], places: LooseState['places']) => readonly number[]

interface Modules {
  readonly logs: LogTable
  readonly due: Due
}

type Search = Pick<Exclude<ModelEntry, { type: 'seen' }>, 'frontier' | 'named'>

export function looseStart({ regions, enrolments }: LooseOptions): LooseState {
  return {
    logs: range(regions).map(() => EMPTY),
    places: range(enrolments).map(() => undefined),
  }
}

export function looseSteps(
  state: LooseState,
  { same }: LooseOptions,
  modules: Modules,
): Step<LooseState>[] {
  const { logs, places } = state
  const steps: Step<LooseState>[] = []
  const write = (region: number, entry: ModelEntry): void => {
    steps.push(written(state, { region, entry }, modules.logs))
  }
  for (const region of range(logs.length)) {
    for (const frontier of sightings(state, region, modules.logs)) {
      write(region, { type: 'seen', frontier })
    }
    for (const enrolment of range(places.length)) {
      const type = places[enrolment] ? 'cross-check' : 'enrolment'
      const about = { enrolment, region }
      const froms = type === 'cross-check' ? pairsOf(state, about, modules) : [logs.map(() => 0)]
      for (const search of searches(state, { enrolment, froms, same })) {
        write(region, { type, enrolment, ...search })
      }
    }
  }
  return steps
}

/** The state's logs as this model would have written them, and where enrolments stand in those. */
export function looselyOf(
  { logs, places }: LooseState,
  { from, to }: { from: LogTable; to: LogTable },
): LooseState {
  const rounded = logs.map((log, region) => {
    const known = logs.map(() => 0)
    let made = EMPTY
    for (const entry of from.entries(log)) {
      const frontier = entry.frontier.map((size, other) => roundedSize(places, other, size))
      for (const [other, size] of frontier.entries()) {
        known[other] = Math.max(known[other]!, other === region ? 0 : size)
      }
      for (const one of entry.type === 'enrolment' ? entry.named : []) {
        const { log: other, index } = places[one]!
        if (other !== region) known[other] = Math.max(known[other]!, index + 1)
      }
      const said = entry.type === 'seen' ? [...known] : frontier
      made = to.with(made, { ...entry, frontier: said })
    }
    return made
  })
  return { logs: rounded, places }
}

/** What a node may say to have seen: of some log more than it has shown to know. */
function sightings({ logs, places }: LooseState, region: number, table: LogTable): Sizes[] {
  const known = knownTo({ logs, places }, region, table)
  const choices = logs.map((_, log) => {
    const sizes = log === region ? [] : sizesOf(places, log)
    return [known[log]!, ...sizes.filter((size) => size > known[log]!)]
  })
  return product(choices).filter((frontier) => frontier.join() !== known.join())
}

/** How far a log has shown to know the others: where their last enrolment that it knows of ends. */
function knownTo({ logs, places }: LooseState, region: number, table: LogTable): number[] {
  const known = logs.map(() => 0)
  const name = (log: number, size: number): void => {
    if (log !== region) known[log] = Math.max(known[log]!, size)
  }
  for (const entry of table.entries(logs[region]!)) {
    for (const [log, size] of entry.frontier.entries()) name(log, size)
    if (entry.type !== 'enrolment') continue
    for (const one of entry.named) name(places[one]!.log, places[one]!.index + 1)
  }
  return known
}

/** How much of the logs who searches for this one anew has to have read: by pair, if it is due. */
function pairsOf(
  { logs, places }: LooseState,
  { enrolment, region }: { enrolment: number; region: number },
  { logs: table, due }: Modules,
): Sizes[] {
  const place = places[enrolment]!
  const before = table.entries(logs[region]!).findLastIndex((entry) => {
    return entry.type === 'cross-check' && entry.enrolment === enrolment
  })
  return places.flatMap((other, one) => {
    if (!other || one === enrolment) return []
    const sizes = logs.map(() => 0)
    for (const { log, index } of [place, other]) sizes[log] = Math.max(sizes[log]!, index + 1)
    const own = sizes.with(region, Math.max(sizes[region]!, before + 1))
    const held = logs.map((log, at) => table.upTo(log, own[at]!))
    return due(held, places).includes(enrolment) ? [sizes] : []
  })
}

/** What a search may come to that has read at least so much. */
function searches(
  { logs, places }: LooseState,
  { enrolment, froms, same }: { enrolment: number; froms: readonly Sizes[]; same: number },
): Search[] {
  const found = new Map<string, Search>()
  const twins = range(same).filter((one) => {
    return enrolment < same && one !== enrolment && places[one] !== undefined
  })
  for (const from of froms) {
    const choices = logs.map((_, log) => {
      return [0, ...sizesOf(places, log)].filter((size) => size >= from[log]!)
    })
    for (const frontier of product(choices)) {
      const isRead = (one: number): boolean => frontier[places[one]!.log]! > places[one]!.index
      const unread = twins.filter((one) => !isRead(one))
      for (const more of subsetsOf(unread)) {
        const named = [...twins.filter(isRead), ...more].toSorted((a, b) => a - b)
        found.set(`${frontier.join()}/${named.join()}`, { frontier, named })
      }
    }
  }
  return [...found.values()]
}

function written(
  { logs, places }: LooseState,
  { region, entry }: { region: number; entry: ModelEntry },
  table: LogTable,
): Step<LooseState> {
  const log = table.with(logs[region]!, entry)
  const index = table.size(log) - 1
  const isNew = entry.type === 'enrolment'
  const about = entry.type === 'seen' ? '' : ` ${entry.enrolment}, found ${entry.named.join()}`
  return {
    name: `${region} logs ${entry.type}${about}, up to ${entry.frontier.join(' ')}`,
    state: {
      logs: logs.with(region, log),
      places: isNew ? places.with(entry.enrolment, { log: region, index }) : places,
    },
  }
}

/** Where each enrolment of a log ends, in order. */
function sizesOf(places: LooseState['places'], log: number): number[] {
  const sizes = places.flatMap((place) => (place?.log === log ? [place.index + 1] : []))
  return sizes.toSorted((a, b) => a - b)
}

function roundedSize(places: LooseState['places'], log: number, size: number): number {
  return Math.max(0, ...sizesOf(places, log).filter((end) => end <= size))
}

function product(choices: readonly (readonly number[])[]): number[][] {
  let all: number[][] = [[]]
  for (const choice of choices) all = all.flatMap((one) => choice.map((next) => [...one, next]))
  return all
}

function subsetsOf(all: readonly number[]): number[][] {
  let subsets: number[][] = [[]]
  for (const one of all) subsets = subsets.flatMap((subset) => [subset, [...subset, one]])
  return subsets
}
