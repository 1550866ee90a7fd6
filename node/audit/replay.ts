/**
 * Whole logs read again, from their first entry up to where a list says that it covers them, and
 * what the list says held against that.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { rootFromInclusion } from '../../crypto/merkle/inclusion.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import type { CoveredLog, Place, ProvenLeaf } from '../../protocol/covered-log.ts'
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
  readonly roster: Roster
  /** A new one, that has read nothing yet. */
}

/** Is told of an entry that counts, and of the index of its query, or its own. */
type Visitor = (logged: Logged, asked: number) => void

/** How a page of a list differs from what the logs say. */
export interface Completeness {
  readonly isComplete: boolean
  /** Rows that there must be, on all pages. */
  readonly total: number
  readonly missing: readonly Place[]
  readonly invented: readonly Place[]
  /** Rows that say something else of their entry than the entry does. */
  readonly changed: readonly Place[]
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

/** @throws TamgaError `bad-proof` unless the leaf stands there, within what the list covers */
export function checkProven(
  { log, index, leaf, path }: ProvenLeaf,
  opened: ReadonlyMap<string, OpenedLog>,
): void {
  const covered = opened.get(log)
  expect(covered && index < covered.size, `entry ${index} of ${log} is not covered`)
  const { size, root } = covered.checkpoint
  let found: Uint8Array
  try {
    found = rootFromInclusion(leaf, { index: BigInt(index), size, path })
  } catch (cause) {
    throw new TamgaError('bad-proof', `entry ${index} of ${log} has no proof`, { cause })
  }
  expect(equalBytes(found, root), `entry ${index} of ${log} is another one`)
}

/**
 * Tells `visit` of every entry that counts, up to the frontier, and returns the places of the
 * queries that have no outcome there, as `placeKey` has them.
 *
 * @throws TamgaError `not-found`: a log is not here, or not all of it; `bad-proof`: it is not the
 *   log whose checkpoint the list has
 */
export async function replay(
  frontier: readonly CoveredLog[],
  { logs, roster }: ReplaySources,
  visit: Visitor,
): Promise<ReadonlySet<string>> {
  const open = new Set<string>()
  const joiner = new Joiner({ roster })
  for (const [log, { size, checkpoint }] of openCovered(frontier, roster)) {
    const edge = RightEdge.empty()
    const queries = new Map<string, number>()
    for await (const bytes of logs.get(log) ?? []) {
      const index = Number(edge.size)
      edge.append(hashLeaf(bytes))
      if (index < size) readEntry({ log, index, bytes }, joiner, queries, visit)
      if (edge.size === checkpoint.size) break
    }
    if (edge.size < checkpoint.size) {
      throw new TamgaError('not-found', `${edge.size} of ${checkpoint.size} entries of ${log}`)
    }
    expect(equalBytes(edge.root(), checkpoint.root), `this is not the log of ${log} in the list`)
    for (const index of queries.values()) open.add(placeKey({ log, index }))
  }
  return open
}

export function placeKey({ log, index }: Place): string {
  return `${log}/${index}`
}

/** What is on a page, and what the logs say must be on all of them, both in the list's order. */
export function compareRows<T extends Place>(
  { offset, total, rows }: { offset: number; total: number; rows: readonly T[] },
  due: readonly T[],
  encode: (row: T) => Uint8Array,
): Completeness {
  const isLast = offset + rows.length === total
  const page = due.slice(offset, isLast ? undefined : offset + rows.length)
  const shown = new Map(rows.map((row) => [placeKey(row), row]))
  const known = new Map(due.map((row) => [placeKey(row), encode(row)]))
  const missing = page.filter((row) => !shown.has(placeKey(row)))
  const invented = rows.filter((row) => !known.has(placeKey(row)))
  const changed = rows.filter((row) => {
    const said = known.get(placeKey(row))
    return said && !equalBytes(said, encode(row))
  })
  const isSound = missing.length + invented.length + changed.length === 0
  return {
    isComplete: isSound && total === due.length,
    total: due.length,
    missing: missing.map(placeOf),
    invented: invented.map(placeOf),
    changed: changed.map(placeOf),
  }
}

function readEntry(
  { log, index, bytes }: Place & { bytes: Uint8Array },
  joiner: Joiner,
  queries: Map<string, number>,
  visit: Visitor,
): void {
  let logged: Logged
  try {
    logged = joiner.join(log, index, bytes)
  } catch (error) {
    if (asTamgaError(error).code === 'internal') throw error
    return
  }
  const { entry, leaf } = logged
  if (entry.type === 'query') queries.set(toHex(leaf), index)
  if (entry.type !== 'outcome') return visit(logged, index)
  const query = toHex(entry.query)
  visit(logged, queries.get(query)!)
  queries.delete(query)
}

function opening(node: string, note: string, roster: Roster): OpenedCheckpoint {
  const verifier = logVerifier(roster.network, nodeOf(roster, node))
  try {
    return openCheckpoint(note, logOrigin(roster.network, node), verifier)
  } catch (cause) {
    throw new TamgaError('bad-proof', `not a checkpoint of ${node}`, { cause })
  }
}

function placeOf({ log, index }: Place): Place {
  return { log, index }
}
