/**
 * Checks a report of what an officer's key did: offline with nothing but the roster, and against
 * whole logs where somebody has them. What the one proves and what the other, see
 * `verify-access-list.ts`.
 */
import {
  breachFactsOf,
  encodeBreachFacts,
  openBreachReport,
  type BreachFacts,
  type BreachReport,
} from '../../protocol/breach-report.ts'
import { comparePlaces } from '../../protocol/covered-log.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Logged } from '../../protocol/rules/touched.ts'
import {
  checkProven,
  compareRows,
  openCovered,
  placeKey,
  replay,
  type Completeness,
  type ReplaySources,
} from './replay.ts'
import { expect, nodeOf } from './verify-part.ts'

/** @throws TamgaError `bad-signature`, `bad-proof`, `malformed` or `too-large` */
export function verifyBreachReport(encoded: Uint8Array, roster: Roster): BreachReport {
  const report = openBreachReport(encoded, (node) => nodeOf(roster, node).publicKey)
  const { network, acts, offset, total, from, to } = report
  expect(network === roster.network, `a report of ${network}`)
  const end = offset + acts.length
  expect(end <= total && (end === total || acts.length > 0), 'a page that is none')
  const opened = openCovered(report.frontier, roster)
  for (const act of acts) {
    checkProven(act, opened)
    expect(act.at >= from && act.at < to, 'an act is of another period')
  }
  const isOrdered = acts.slice(1).every((act, place) => comparePlaces(acts[place]!, act) < 0)
  expect(isOrdered, 'the acts are not in their order, or one stands there twice')
  return report
}

/**
 * How a page differs from what the logs say up to its frontier.
 *
 * @throws TamgaError `not-found`: a log is not whole; `bad-proof`: it is not the log of the report
 */
export async function completeBreachReport(
  report: BreachReport,
  sources: ReplaySources,
): Promise<Completeness> {
  const { officer, from, to } = report
  const found: Logged[] = []
  const isWithin = ({ at }: BreachFacts): boolean => at >= from && at < to
  const { open, unread } = await replay(report.frontier, sources, (logged) => {
    const facts = breachFactsOf(logged, officer, false)
    if (facts && isWithin(facts)) found.push(logged)
  })
  const due = found
    .flatMap((logged) => breachFactsOf(logged, officer, open.has(placeKey(logged))) ?? [])
    .sort(comparePlaces)
  const rows = { ...report, rows: report.acts }
  return compareRows<BreachFacts>(rows, { due, unread }, encodeBreachFacts)
}
