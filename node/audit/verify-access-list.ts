/**
 * Checks the list of accesses that a person was given: offline with nothing but the roster, and
 * against whole logs where somebody has them.
 *
 * The roster alone proves who made the list, and that every access in it stands in a log. That the
 * list leaves nothing out, and says of every entry what it says, only the entries themselves can
 * prove, from this node's disk or from any other's.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import {
  accessFactsOf,
  compareAccesses,
  encodeAccessFacts,
  openAccessList,
  type AccessFacts,
  type AccessList,
} from '../../protocol/access-list.ts'
import type { Place } from '../../protocol/covered-log.ts'
import { HELD_MS_MAX, heldBy, touchedBy } from '../../protocol/rules/touched.ts'
import type { Roster } from '../../protocol/roster.ts'
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
export function verifyAccessList(encoded: Uint8Array, roster: Roster): AccessList {
  const list = openAccessList(encoded, (node) => nodeOf(roster, node).publicKey)
  const { network, accesses, offset, total } = list
  expect(network === roster.network, `a list of ${network}`)
  const end = offset + accesses.length
  expect(end <= total && (end === total || accesses.length > 0), 'a page that is none')
  const opened = openCovered(list.frontier, roster)
  for (const access of accesses) checkProven(access, opened)
  const isOrdered = accesses.slice(1).every((access, place) => {
    return compareAccesses(accesses[place]!, access) < 0
  })
  expect(isOrdered, 'the accesses are not in their order')
  expect(new Set(accesses.map(placeKey)).size === accesses.length, 'an access stands there twice')
  return list
}

/**
 * How a page differs from what the logs say, up to its frontier and with the holds in force when
 * it was made.
 *
 * @throws TamgaError `not-found`: a log is not whole; `bad-proof`: it is not the log of the list
 */
export async function completeAccessList(
  list: AccessList,
  sources: ReplaySources,
): Promise<Completeness> {
  const found: { facts: AccessFacts; asked: Place }[] = []
  const held = new Set<string>()
  const { unread } = await replay(list.frontier, sources, (logged, asked) => {
    const hold = heldBy(logged)
    if (hold && hold.until > list.at) held.add(placeKey(hold))
    const isTouched = touchedBy(logged).some((handle) => equalBytes(handle, list.handle))
    const facts = isTouched ? accessFactsOf(logged) : undefined
    if (facts) found.push({ facts, asked })
  })
  const due = found
    .filter(({ facts, asked }) => {
      if (list.at >= facts.at + HELD_MS_MAX) return true
      return !held.has(placeKey(facts)) && !held.has(placeKey(asked))
    })
    .map(({ facts }) => facts)
    .sort(compareAccesses)
  const rows = { ...list, rows: list.accesses }
  return compareRows<AccessFacts>(rows, { due, unread }, encodeAccessFacts)
}
