/**
 * The model of `loose-regions.ts` with what must hold whoever reads its logs, as far as they like:
 * what `one-record.ts` asks of the nodes, here of any reader who holds any part of each log.
 *
 * Parts are looked at once each, with the parts that lack one entry of them: what is confirmed or
 * suspended by a part is so by all larger ones, so no two readers of whatever parts differ.
 */
import { PairCoverage } from '../../protocol/pairs/pair-coverage.ts'
import type { Model } from './explore.ts'
import { EMPTY, LogTable, type Renaming } from './log-table.ts'
import { looseStart, looseSteps, type LooseOptions, type LooseState } from './loose-regions.ts'
import { Records, type RecordsView, type Rule } from './records.ts'
import { range } from './regions.ts'

export function anyReader(
  options: LooseOptions,
  rule: Rule = PairCoverage,
  logs = new LogTable(),
): Model<LooseState> {
  const records = new Records(rule, { logs })
  const renamings = looseRenamings(options)
  const keyOf = (state: LooseState): string => looseKey(state, renamings, logs)
  const view = ({ logs: held, places }: LooseState): RecordsView => records.view(held, places)
  const sound = new Set<string>()
  const wrong = (state: LooseState): string | undefined => {
    const key = keyOf(state)
    if (sound.has(key)) return undefined
    const now = view(state)
    let what = wrongIn(now, options)
    for (const part of partsOf(state, logs)) {
      what ??= wrong(part) ?? wrongBetween(view(part), now)
    }
    if (what === undefined) sound.add(key)
    return what
  }
  return {
    starts: [looseStart(options)],
    steps: (state) => {
      return looseSteps(state, options, { logs, due: (held, at) => records.view(held, at).due })
    },
    keyOf,
    isEnd: (state) => isEnd(state, view(state)),
    check: (state, isLast) =>
      wrong(state) ?? (isLast ? wrongAtEnd(view(state), options) : undefined),
  }
}

/** Any two regions may change names, and any two enrolled who are nobody's second record. */
export function looseRenamings({ regions, enrolments, same }: LooseOptions): Renaming[] {
  const first = range(same)
  const others = ordersOf(range(enrolments).slice(same))
  return ordersOf(range(regions)).flatMap((order, place) => {
    return others.map((rest, at) => {
      const id = place * others.length + at
      return { id, regions: order, enrolments: [...first, ...rest] }
    })
  })
}

/** The same for states that differ by such names only. */
export function looseKey(
  { logs, places }: LooseState,
  renamings: readonly Renaming[],
  table: LogTable,
): string {
  let least = ''
  for (const names of renamings) {
    const parts: (string | number)[] = []
    for (const [region, log] of logs.entries()) {
      parts[names.regions[region]!] = table.renamed(log, names)
    }
    for (const [one, place] of places.entries()) {
      const at = place ? `${names.regions[place.log]}.${place.index}` : ''
      parts[logs.length + names.enrolments[one]!] = at
    }
    const key = parts.join()
    if (least === '' || key < least) least = key
  }
  return least
}

/** Whether no node has anything to do that holds all there is. */
function isEnd({ logs, places }: LooseState, { due, isBehind }: RecordsView): boolean {
  const areBehind = range(logs.length).some((region) => isBehind(region))
  return due.length === 0 && !areBehind && places.every((place) => place !== undefined)
}

function* partsOf({ logs, places }: LooseState, table: LogTable): Generator<LooseState> {
  for (const [region, log] of logs.entries()) {
    if (log !== EMPTY) yield { logs: logs.with(region, table.before(log)), places }
  }
}

function wrongIn({ statuses, isSettled }: RecordsView, { same }: LooseOptions): string | undefined {
  const records = statuses.slice(0, same)
  if (records.filter((status) => status === 'confirmed').length > 1) {
    return 'two records of one person are confirmed'
  }
  if (same === 2 && records.every((status) => status === 'suspended')) {
    return 'both records of one person are suspended'
  }
  const other = statuses.findIndex((status, one) => one >= same && status === 'suspended')
  if (other >= 0) return `${other} is suspended and has no other record`
  return isSettled ? undefined : 'the order of the logs makes a difference'
}

/** Of who reads one entry more. */
function wrongBetween({ statuses: was }: RecordsView, { statuses: is }: RecordsView) {
  const undone = was.findIndex((status, one) => {
    return (status === 'confirmed' || status === 'suspended') && is[one] !== status
  })
  return undone < 0 ? undefined : `${undone} was ${was[undone]} and is ${is[undone]} now`
}

function wrongAtEnd({ statuses }: RecordsView, { same }: LooseOptions): string | undefined {
  const [records, others] = [statuses.slice(0, same), statuses.slice(same)]
  const confirmed = records.filter((status) => status === 'confirmed').length
  const suspended = records.filter((status) => status === 'suspended').length
  // Of three each may be later than another: that is for examiners.
  const isGood = confirmed + suspended === same && (confirmed === 1 || same > 2)
  const areGood = others.every((status) => status === 'confirmed')
  return isGood && areGood ? undefined : `it ends with ${statuses.join(', ')}`
}

function ordersOf(all: readonly number[]): number[][] {
  if (all.length === 0) return [[]]
  return all.flatMap((one) => {
    return ordersOf(all.filter((other) => other !== one)).map((rest) => [one, ...rest])
  })
}
