/**
 * The model of `regions.ts` with what must hold in each of its states: nobody's second record is
 * confirmed anywhere while the first is; nobody is suspended who has no second record; what was
 * confirmed is not suspended later; what a node makes of its logs does not depend on the order in
 * which it read them. And where all is done: every pair is covered, and of two records of one
 * person one is confirmed and the other suspended, at every node.
 */
import { PairCoverage } from '../../protocol/pairs/pair-coverage.ts'
import type { Model } from './explore.ts'
import { LogTable, renamed, type Renaming } from './log-table.ts'
import { Records, type RecordsView, type Rule } from './records.ts'
import {
  entryKey,
  range,
  startsOf,
  stepsOf,
  type RegionsOptions,
  type RegionsState,
  type Sizes,
} from './regions.ts'

export function oneRecord(
  options: RegionsOptions,
  rule: Rule = PairCoverage,
  logs = new LogTable(),
): Model<RegionsState> {
  const records = new Records(rule, { logs })
  const renamings = renamingsOf(options)
  const view = (state: RegionsState, sizes: Sizes): RecordsView => {
    const held = state.logs.map((log, region) => logs.upTo(log, sizes[region]!))
    return records.view(held, state.places)
  }
  return {
    starts: startsOf(options),
    steps: (state) => stepsOf(state, options, { view, logs }),
    keyOf: (state) => {
      const keys = renamings.map((names) => keyUnder(state, names, logs))
      return keys.reduce((least, key) => (key < least ? key : least))
    },
    check: (state, isEnd) => wrongIn(state, isEnd, view),
    checkStep: (before, after) => wrongStep(before, after, view),
  }
}

/** Every node's, and what somebody makes of all logs as they are. */
function viewsOf(
  state: RegionsState,
  view: (state: RegionsState, sizes: Sizes) => RecordsView,
): RecordsView[] {
  const whole = state.held.map((sizes, region) => sizes[region]!)
  return [whole, ...state.held].map((sizes) => view(state, sizes))
}

function wrongIn(
  state: RegionsState,
  isEnd: boolean,
  view: (state: RegionsState, sizes: Sizes) => RecordsView,
): string | undefined {
  const views = viewsOf(state, view)
  const isEver = (enrolment: number, status: string): boolean => {
    return views.some(({ statuses }) => statuses[enrolment] === status)
  }
  if (isEver(0, 'confirmed') && isEver(1, 'confirmed')) {
    return 'two records of one person are confirmed'
  }
  if (isEver(0, 'suspended') && isEver(1, 'suspended')) {
    return 'both records of one person are suspended'
  }
  for (const enrolment of range(state.shards.length).slice(2)) {
    if (isEver(enrolment, 'suspended')) return `${enrolment} is suspended and has no other record`
  }
  if (!views.every(({ isSettled }) => isSettled)) return 'the order of the logs makes a difference'
  return isEnd ? wrongAtEnd(views) : undefined
}

function wrongAtEnd(views: readonly RecordsView[]): string | undefined {
  const [whole] = views
  if (whole!.due.length > 0) return `it ends, and not all is compared: ${whole!.due.join(', ')}`
  const said = new Set(views.map(({ statuses }) => statuses.join(' ')))
  if (said.size > 1) return `it ends and the nodes differ: ${[...said].join('; ')}`
  const [first, second, ...others] = whole!.statuses
  const one = first === 'suspended' ? second : first
  const isOne = one === 'confirmed' && (first === 'suspended' || second === 'suspended')
  const isGood = isOne && others.every((status) => status === 'confirmed')
  return isGood ? undefined : `it ends with ${whole!.statuses.join(', ')}`
}

function wrongStep(
  before: RegionsState,
  after: RegionsState,
  view: (state: RegionsState, sizes: Sizes) => RecordsView,
): string | undefined {
  for (const [region, sizes] of after.held.entries()) {
    if (sizes === before.held[region]) continue
    const was = view(before, before.held[region]!).statuses
    const is = view(after, sizes).statuses
    const undone = was.findIndex((status, one) => status === 'confirmed' && is[one] !== status)
    if (undone >= 0) return `${undone} was confirmed and is ${is[undone]} now`
  }
  return undefined
}

/**
 * Regions may be renumbered round the circle in which they keep each other's shards, and those
 * enrolled who have no second record among themselves: nothing that may happen depends on either.
 */
function renamingsOf({ regions, enrolments }: RegionsOptions): Renaming[] {
  const [first, second, ...others] = range(enrolments)
  const areAlike = others.length === 2 && (others[0]! - others[1]!) % regions === 0
  const orders = areAlike ? [others, others.toReversed()] : [others]
  // Those who are enrolled at a region of their own keep the regions from being renumbered.
  const turns = others.length > 0 ? [0] : range(regions)
  return turns.flatMap((turn, round) => {
    const turned = range(regions).map((region) => (region + turn) % regions)
    return orders.map((order, place) => {
      const id = round * orders.length + place
      return { id, regions: turned, enrolments: [first!, second!, ...order] }
    })
  })
}

function keyUnder(state: RegionsState, names: Renaming, table: LogTable): string {
  const { logs, held, up, cut, cutsLeft, crashesLeft, pending, shards } = state
  const { regions, enrolments } = names
  const apart = cut === undefined ? '-' : logs.length === 2 ? 'x' : regions[cut]!
  const parts: (string | number)[] = [`${apart}${cutsLeft}${crashesLeft}`]
  const width = logs.length
  for (const [region, log] of logs.entries()) {
    const now = regions[region]!
    parts[1 + now] = table.renamed(log, names)
    parts[1 + width + now] = up[region] ? 1 : 0
    for (const [other, size] of held[region]!.entries()) {
      parts[1 + 2 * width + now * width + regions[other]!] = size
    }
  }
  const start = 1 + 2 * width + width * width
  for (const [one, shard] of shards.entries()) {
    const search = pending[one]
    const now = start + 2 * enrolments[one]!
    parts[now] = regions[shard]!
    parts[now + 1] = search ? `${regions[search.region]}${entryKey(renamed(search, names))}` : ''
  }
  return parts.join()
}
