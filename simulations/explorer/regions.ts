/**
 * A register of a few regions as a model: what nodes may do that enrol, copy each other's logs and
 * compare what was enrolled at the same time, while links are cut and nodes crash. There is no
 * clock: whatever may happen, may happen next.
 *
 * Of a log any entry may be copied or not yet: that is every loss, delay and reordering of
 * messages. A search asks one replica of every shard, of those that can be reached and that have
 * come as far as whoever asks. What a node has logged or copied survives its crash; a search under
 * way does not. For the later one of a pair a search is made by any node that keeps the record.
 * Enrolments 0 and 1 are of one person; all others of somebody else each. Those are enrolled at one
 * region each, and logged in the step in which they are searched for: they only stand in between.
 */
import type { Step } from './explore.ts'
import { EMPTY, type LogTable } from './log-table.ts'

export interface RegionsOptions {
  readonly regions: number
  readonly enrolments: number
  readonly replicas: number
  /** How often a region may be cut off, and a node may crash. */
  readonly cuts: number
  readonly crashes: number
  /** Whether a copy of a log may end after any entry, or goes as far as there is one to copy. */
  readonly copies: 'any-entry' | 'all-there-is'
}

/** How much of each log: by region. */
export type Sizes = readonly number[]

export type ModelEntry =
  | {
      readonly type: 'enrolment' | 'cross-check'
      readonly enrolment: number
      readonly frontier: Sizes
      /** Whom the search named: others of the same person. */
      readonly named: readonly number[]
    }
  | { readonly type: 'seen'; readonly frontier: Sizes }

/** Where an entry stands, by region. */
export interface RegionPlace {
  readonly log: number
  readonly index: number
}

/** A search that is over and not yet logged. */
export type Pending = Exclude<ModelEntry, { type: 'seen' }> & { readonly region: number }

export interface RegionsState {
  /** By region, as the table of logs has them. */
  readonly logs: readonly number[]
  /** By region, what it holds of each log; of its own all. */
  readonly held: readonly Sizes[]
  readonly up: readonly boolean[]
  /** Who is cut off from all others. */
  readonly cut: number | undefined
  readonly cutsLeft: number
  readonly crashesLeft: number
  /** By enrolment, where it stands. */
  readonly places: readonly (RegionPlace | undefined)[]
  /** By enrolment: one search of each at a time. */
  readonly pending: readonly (Pending | undefined)[]
  /** By enrolment, the shard: region `shard` and those after it keep the record. */
  readonly shards: readonly number[]
}

/** What a node makes of the logs that it holds. */
export interface Outlook {
  /** Whether some entry in its log should say how far it has read. */
  readonly isBehind: (region: number) => boolean
  /** The later one of every pair that is not covered: for that one it is searched. */
  readonly due: readonly number[]
}

export type View = (state: RegionsState, sizes: Sizes) => Outlook

/** Every way in which the records may be spread over the shards. */
export function startsOf(options: RegionsOptions): RegionsState[] {
  const { regions, enrolments, cuts, crashes } = options
  let spreads: number[][] = [[]]
  for (let one = 0; one < enrolments; one += 1) {
    spreads = spreads.flatMap((spread) => range(regions).map((shard) => [...spread, shard]))
  }
  const none = range(regions).map(() => 0)
  return spreads.map((shards) => ({
    logs: none.map(() => EMPTY),
    held: none.map(() => none),
    up: none.map(() => true),
    cut: undefined,
    cutsLeft: cuts,
    crashesLeft: crashes,
    places: shards.map(() => undefined),
    pending: shards.map(() => undefined),
    shards,
  }))
}

export function stepsOf(
  state: RegionsState,
  options: RegionsOptions,
  { view, logs }: { view: View; logs: LogTable },
): Step<RegionsState>[] {
  return [
    ...copies(state, options),
    ...searches(state, options, { view, logs }),
    ...commits(state, logs),
    ...sayings(state, view, logs),
    ...faults(state),
  ]
}

function copies(state: RegionsState, options: RegionsOptions): Step<RegionsState>[] {
  const { logs, held } = state
  return range(logs.length).flatMap((to) => {
    return range(logs.length).flatMap((log) => {
      const size = held[to]![log]!
      const sources = range(logs.length).filter((from) => isReached(state, from, to))
      const more = sources.map((from) => held[from]![log]!).filter((there) => there > size)
      const isStepwise = options.copies === 'any-entry' && more.length > 0
      const ends = isStepwise ? [size + 1] : [...new Set(more)]
      return ends.map((end) => {
        const name = `${to} copies ${log} up to ${end}`
        return { name, state: { ...state, held: withSize(held, to, log, end) } }
      })
    })
  })
}

function searches(
  state: RegionsState,
  options: RegionsOptions,
  { view, logs }: { view: View; logs: LogTable },
): Step<RegionsState>[] {
  const steps: Step<RegionsState>[] = []
  for (const enrolment of range(options.enrolments)) {
    if (state.pending[enrolment]) continue
    const isAlone = enrolment > 1
    const type = state.places[enrolment] ? 'cross-check' : 'enrolment'
    for (const region of range(options.regions)) {
      if (!state.up[region]) continue
      const isHome = !isAlone || region === enrolment % options.regions
      if (type === 'enrolment' && !isHome) continue
      if (type === 'cross-check') {
        const keeps = isReplica(state.shards[enrolment]!, region, options)
        const { due } = view(state, state.held[region]!)
        if (!keeps || !due.includes(enrolment)) continue
      }
      for (const found of outcomes(state, { enrolment, region }, options)) {
        const search = { type, enrolment, region, ...found } as const
        const name = `${region} has searched for ${enrolment}, ${type}: ${foundText(found)}`
        const next = { ...state, pending: state.pending.with(enrolment, search) }
        steps.push({ name, state: isAlone ? committed(next, search, logs) : next })
      }
    }
  }
  return steps
}

interface Found {
  readonly frontier: Sizes
  readonly named: readonly number[]
}

/** What a search may come to, as one or another replica of every shard answers. */
function outcomes(
  state: RegionsState,
  { enrolment, region }: { enrolment: number; region: number },
  options: RegionsOptions,
): Found[] {
  const asked = state.held[region]!
  let found: Found[] = [{ frontier: asked.map(() => Infinity), named: [] }]
  for (const shard of range(options.regions)) {
    const able = range(options.regions).filter((node) => {
      const isAble = isReplica(shard, node, options) && isReached(state, node, region)
      return isAble && asked.every((size, log) => state.held[node]![log]! >= size)
    })
    found = found.flatMap(({ frontier, named }) => {
      return able.map((node): Found => {
        const held = state.held[node]!
        const least = frontier.map((size, log) => Math.min(size, held[log]!))
        const hit = sameIn(state, { shard, held, enrolment })
        return { frontier: least, named: named.length > 0 ? named : hit }
      })
    })
  }
  return [...new Map(found.map((one) => [foundText(one), one])).values()]
}

/** The other record of the same person, if it is of that shard and known there. */
function sameIn(
  state: RegionsState,
  { shard, held, enrolment }: { shard: number; held: Sizes; enrolment: number },
): number[] {
  if (enrolment > 1) return []
  const other = 1 - enrolment
  const place = state.places[other]
  const isKnown = place !== undefined && held[place.log]! > place.index
  return isKnown && state.shards[other] === shard ? [other] : []
}

function commits(state: RegionsState, logs: LogTable): Step<RegionsState>[] {
  return state.pending.flatMap((pending) => {
    if (!pending) return []
    const { region, type, enrolment } = pending
    const name = `${region} logs it: ${type} of ${enrolment}`
    return [{ name, state: committed(state, pending, logs) }]
  })
}

/** A search is logged. */
function committed(
  state: RegionsState,
  { region, ...entry }: Pending,
  logs: LogTable,
): RegionsState {
  const { enrolment, type } = entry
  const place = { log: region, index: state.held[region]![region]! }
  const places = type === 'enrolment' ? state.places.with(enrolment, place) : state.places
  const rest = { ...state, places, pending: state.pending.with(enrolment, undefined) }
  return logged(rest, { region, entry }, logs)
}

function sayings(state: RegionsState, view: View, logs: LogTable): Step<RegionsState>[] {
  return range(state.logs.length).flatMap((region) => {
    const frontier = state.held[region]!
    if (!state.up[region] || !view(state, frontier).isBehind(region)) return []
    const entry: ModelEntry = { type: 'seen', frontier }
    return [
      { name: `${region} says what it has seen`, state: logged(state, { region, entry }, logs) },
    ]
  })
}

function faults(state: RegionsState): Step<RegionsState>[] {
  const { up, cut, cutsLeft, crashesLeft } = state
  const steps: Step<RegionsState>[] = []
  for (const region of range(up.length)) {
    if (!up[region]) {
      steps.push({ name: `${region} is back`, state: { ...state, up: up.with(region, true) } })
    } else if (crashesLeft > 0) {
      const pending = state.pending.map((one) => (one?.region === region ? undefined : one))
      const down = { ...state, up: up.with(region, false), crashesLeft: crashesLeft - 1, pending }
      steps.push({ name: `${region} crashes`, state: down })
    }
    // Of two regions it does not matter which one is cut off.
    const isOther = up.length > 2 || region === 0
    if (cut === undefined && cutsLeft > 0 && isOther) {
      const apart = { ...state, cut: region, cutsLeft: cutsLeft - 1 }
      steps.push({ name: `${region} is cut off`, state: apart })
    }
  }
  if (cut !== undefined) {
    steps.push({ name: `${cut} can be reached again`, state: { ...state, cut: undefined } })
  }
  return steps
}

function logged(
  state: RegionsState,
  { region, entry }: { region: number; entry: ModelEntry },
  logs: LogTable,
): RegionsState {
  const log = logs.with(state.logs[region]!, entry)
  const held = withSize(state.held, region, region, logs.size(log))
  return { ...state, logs: state.logs.with(region, log), held }
}

function withSize(held: readonly Sizes[], region: number, log: number, size: number) {
  return held.with(region, held[region]!.with(log, size))
}

function isReached({ up, cut }: RegionsState, a: number, b: number): boolean {
  const isApart = cut !== undefined && a !== b && (a === cut || b === cut)
  return up[a]! && up[b]! && !isApart
}

function isReplica(shard: number, region: number, { regions, replicas }: RegionsOptions): boolean {
  return (region - shard + regions) % regions < replicas
}

function foundText({ frontier, named }: Found): string {
  return `up to ${frontier.join(' ')}, ${named.length === 0 ? 'nobody' : `found ${named.join()}`}`
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, place) => place)
}

export function entryKey(entry: ModelEntry): string {
  const { type, frontier } = entry
  const about = type === 'seen' ? '' : `${entry.enrolment}${entry.named.join('') || '-'}`
  return `${type[0]}${about}:${frontier.join('.')}`
}
