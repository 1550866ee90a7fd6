/**
 * Whole logs read again, from their first entry up to where a list says that it covers them, and
 * what the list says held against that.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { rootFromInclusion } from '../../crypto/merkle/inclusion.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { checkRecords, groupAt, verifyRecord } from '../../protocol/access-record.ts'
import type { CoveredLog, Place, ProvenLeaf } from '../../protocol/covered-log.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { decodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { rostersOf } from '../../protocol/epochs.ts'
import { logOrigin, logVerifier, type Roster } from '../../protocol/roster.ts'
import type { Logged } from '../../protocol/rules/touched.ts'
import { Joiner } from './joiner.ts'
import { expect, namesLogs, nodeOf } from './verify-part.ts'

/** Every log by the name of its node, its entries from the first on. */
export type WholeLogs = ReadonlyMap<string, Iterable<Uint8Array> | AsyncIterable<Uint8Array>>

export interface ReplaySources {
  readonly logs: WholeLogs
  /** The access records of a batch; undefined where they are not at hand. None are if absent. */
  readonly records?: (placed: PlacedBatch) => Promise<readonly Uint8Array[] | undefined>
  readonly roster: Roster
}

/** A batch, and where it stands. */
interface PlacedBatch {
  readonly log: string
  readonly leaf: Uint8Array
  readonly batch: Batch
}

/** Is told of what counts, an entry or a question in a batch, and of where its query stands. */
type Visitor = (logged: Logged, asked: Place) => void

/** What the logs do not say by themselves. */
interface Replayed {
  /** Queries that have no outcome, as `placeKey` has them. */
  readonly open: ReadonlySet<string>
  /** Batches whose records are not at hand, and outcomes of questions in them. */
  readonly unread: readonly Place[]
}

/** How a page of a list differs from what the logs say. */
export interface Completeness {
  readonly isComplete: boolean
  /** Rows that there must be, on all pages. */
  readonly total: number
  readonly missing: readonly Place[]
  readonly invented: readonly Place[]
  /** Rows that say something else of their entry than the entry does. */
  readonly changed: readonly Place[]
  /** Batches that may tell of more, since their records are not at hand, and what rests on them. */
  readonly unread: readonly Place[]
}

/** A log's checkpoint, and how much of the log a list covers. */
interface OpenedLog {
  readonly size: number
  readonly checkpoint: OpenedCheckpoint
}

/**
 * The checkpoint of every log that has something in it.
 *
 * @throws TamgaError `bad-proof`: not the logs of the roster in its order, or a checkpoint that its
 *   log did not sign, or that covers less than the list
 */
export function openCovered(
  frontier: readonly CoveredLog[],
  roster: Roster,
): ReadonlyMap<string, OpenedLog> {
  const isOfOne = rostersOf(roster).some((then) => namesLogs(frontier, then))
  expect(isOfOne, 'the frontier does not name the logs of the roster')
  const opened = new Map<string, OpenedLog>()
  for (const { node, size, checkpoint: note } of frontier) {
    if (size === 0) continue
    const checkpoint = opening(node, note, roster)
    expect(checkpoint.size >= BigInt(size), `the checkpoint of ${node} covers less than the list`)
    opened.set(node, { size, checkpoint })
  }
  return opened
}

/**
 * @throws TamgaError `bad-proof` unless the leaf stands there, within what the list covers;
 *   `malformed`
 */
export function checkProven(
  { log, index, record, leaf, path, batch }: ProvenLeaf,
  opened: ReadonlyMap<string, OpenedLog>,
): void {
  expect(record === batch?.record, `a record of ${log} ${index} without its batch`)
  if (batch) verifyRecord(leaf, batch)
  const covered = opened.get(log)
  expect(covered && index < covered.size, `entry ${index} of ${log} is not covered`)
  const { size, root } = covered.checkpoint
  let found: Uint8Array
  try {
    const entry = batch ? hashLeaf(batch.entry) : leaf
    found = rootFromInclusion(entry, { index: BigInt(index), size, path })
  } catch (cause) {
    throw new TamgaError('bad-proof', `entry ${index} of ${log} has no proof`, { cause })
  }
  expect(equalBytes(found, root), `entry ${index} of ${log} is another one`)
}

/**
 * Tells `visit` of every entry that counts, up to the frontier, and of every question in a batch.
 *
 * @throws TamgaError `not-found`: a log is not here, or not all of it; `bad-proof`: it is not the
 *   log whose checkpoint the list has, or those are not the batch's records
 */
export async function replay(
  frontier: readonly CoveredLog[],
  sources: ReplaySources,
  visit: Visitor,
): Promise<Replayed> {
  const { logs, roster } = sources
  const open = new Set<string>()
  const unread = new Map<string, Place>()
  const joiner = new Joiner({ roster })
  for (const [log, { size, checkpoint }] of openCovered(frontier, roster)) {
    const edge = RightEdge.empty()
    const reading: Reading = { joiner, sources, visit, queries: new Map(), unread }
    for await (const bytes of logs.get(log) ?? []) {
      const index = Number(edge.size)
      edge.append(hashLeaf(bytes))
      if (index < size) await readEntry({ log, index, bytes }, reading)
      if (edge.size === checkpoint.size) break
    }
    if (edge.size < checkpoint.size) {
      throw new TamgaError('not-found', `${edge.size} of ${checkpoint.size} entries of ${log}`)
    }
    expect(equalBytes(edge.root(), checkpoint.root), `this is not the log of ${log} in the list`)
    for (const place of reading.queries.values()) open.add(placeKey(place))
  }
  return { open, unread: [...unread.values()] }
}

export function placeKey({ log, index, record }: Place): string {
  return record === undefined ? `${log}/${index}` : `${log}/${index}/${record}`
}

/** What is on a page, and what the logs say must be on all of them, both in the list's order. */
export function compareRows<T extends Place>(
  { offset, total, rows }: { offset: number; total: number; rows: readonly T[] },
  { due, unread }: { due: readonly T[]; unread: readonly Place[] },
  encode: (row: T) => Uint8Array,
): Completeness {
  const lacking = new Set(unread.map(placeKey))
  // What is said of a batch that cannot be read here is neither right nor wrong by these logs.
  const judged = rows.filter(({ log, index }) => !lacking.has(placeKey({ log, index })))
  const shownPage = { offset, total, rows, judged, isWhole: unread.length === 0 }
  const page = due.slice(...rangeOf(shownPage, due))
  const shown = new Map(judged.map((row) => [placeKey(row), row]))
  const known = new Map(due.map((row) => [placeKey(row), encode(row)]))
  const missing = page.filter((row) => !shown.has(placeKey(row)))
  const invented = judged.filter((row) => !known.has(placeKey(row)))
  const changed = judged.filter((row) => {
    const said = known.get(placeKey(row))
    return said && !equalBytes(said, encode(row))
  })
  const isSound = missing.length + invented.length + changed.length + unread.length === 0
  return {
    isComplete: isSound && total === due.length,
    total: due.length,
    missing: missing.map(placeOf),
    invented: invented.map(placeOf),
    changed: changed.map(placeOf),
    unread,
  }
}

interface JudgedPage {
  readonly offset: number
  readonly total: number
  readonly rows: readonly Place[]
  /** Those that the logs at hand say something of. */
  readonly judged: readonly Place[]
  /** Whether that is so of all rows that are due. */
  readonly isWhole: boolean
}

/** Which of the rows that are due belong on the page: by its offset, or by what it begins with. */
function rangeOf(
  { offset, total, rows, judged, isWhole }: JudgedPage,
  due: readonly Place[],
): [from: number, to: number] {
  const isLast = offset + rows.length === total
  if (isWhole) return [offset, isLast ? due.length : offset + rows.length]
  const places = due.map(placeKey)
  const placeOfRow = (row: Place | undefined): number => (row ? places.indexOf(placeKey(row)) : -1)
  const from = offset === 0 ? 0 : placeOfRow(judged[0])
  const to = isLast ? due.length : placeOfRow(judged.at(-1)) + 1
  return [Math.max(0, from), to]
}

/** What reading one log goes by. */
interface Reading {
  readonly joiner: Joiner
  readonly sources: ReplaySources
  readonly visit: Visitor
  /** Those without an outcome, by their leaves. */
  readonly queries: Map<string, Place>
  readonly unread: Map<string, Place>
}

async function readEntry(
  { log, index, bytes }: Place & { bytes: Uint8Array },
  { joiner, sources, visit, queries, unread }: Reading,
): Promise<void> {
  const place = { log, index }
  const logged = joined(() => joiner.join(log, index, bytes))
  if (!logged) {
    if (isOfUnread(bytes, log, unread)) unread.set(placeKey(place), place)
    return
  }
  const { entry, leaf } = logged
  if (entry.type === 'query') queries.set(toHex(leaf), place)
  if (entry.type === 'outcome') {
    const query = toHex(entry.query)
    visit(logged, queries.get(query)!)
    queries.delete(query)
  } else visit(logged, place)
  if (entry.type !== 'batch') return
  const records = await sources.records?.({ log, leaf, batch: entry })
  if (!records) return void unread.set(placeKey(place), place)
  checkRecords(entry, records)
  for (const [record, each] of records.entries()) {
    const { post } = groupAt(entry, record)!.group
    const asked = joined(() => joiner.joinRecord({ log, index, record }, each, post))
    if (asked?.entry.type !== 'query') continue
    visit(asked, { log, index, record })
    // What a verification led to says nothing that it does not say itself.
    const isVerified = asked.by[0]?.statement.action === 'verify'
    if (!isVerified) queries.set(toHex(asked.leaf), { log, index, record })
  }
}

/** Whether it is the outcome of a question in a batch whose records are not at hand. */
function isOfUnread(bytes: Uint8Array, log: string, unread: ReadonlyMap<string, Place>): boolean {
  const entry = joined(() => decodeEntry(bytes))
  if (entry?.type !== 'outcome' || entry.batch === undefined) return false
  return unread.has(placeKey({ log, index: entry.batch }))
}

/** Undefined where it counts for nothing. */
function joined<T>(join: () => T): T | undefined {
  try {
    return join()
  } catch (error) {
    if (asTamgaError(error).code === 'internal') throw error
    return undefined
  }
}

function opening(node: string, note: string, roster: Roster): OpenedCheckpoint {
  const verifier = logVerifier(roster.network, nodeOf(roster, node))
  try {
    return openCheckpoint(note, logOrigin(roster.network, node), verifier)
  } catch (cause) {
    throw new TamgaError('bad-proof', `not a checkpoint of ${node}`, { cause })
  }
}

function placeOf({ log, index, record }: Place): Place {
  return record === undefined ? { log, index } : { log, index, record }
}
