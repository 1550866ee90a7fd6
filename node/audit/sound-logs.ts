/**
 * Logs of a source whose entries make the tree that the log has signed; all else that an auditor
 * looks at (`audit.ts`) is not looked at here.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { InvalidCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { InvalidTile } from '../../crypto/merkle/tile.ts'
import { InvalidNote } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { CHECKPOINT_BYTES_MAX } from '../../protocol/limits.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster, RosterNode } from '../../protocol/roster.ts'
import { Unreadable, type LogSource } from './log-source.ts'
import type { WholeLogs } from './replay.ts'
import { openOf, textOf } from './shown-checkpoints.ts'
import { bundlesOf, type LogFiles } from './verify-tree.ts'

/** What a file of a log can be refused with. */
const FILE_FAULTS = [Unreadable, InvalidNote, InvalidCheckpoint, InvalidTile]

/**
 * Of every node whose log is there, the whole of it. They are read once here, and again by whoever
 * asks for their entries.
 *
 * @throws TamgaError `bad-proof`: the entries of a log are not those that it has signed, or one of
 *   its files is not what it should be
 */
export async function soundLogs(source: LogSource, roster: Roster): Promise<WholeLogs> {
  const logs = new Map<string, AsyncIterable<Uint8Array>>()
  for (const node of logsOf(roster)) {
    const size = await soundSize(source, node, roster)
    const files = { log: node.name, source, folder: `logs/${node.name}` }
    if (size !== undefined) logs.set(node.name, { [Symbol.asyncIterator]: () => all(files, size) })
  }
  return logs
}

async function soundSize(
  source: LogSource,
  node: RosterNode,
  roster: Roster,
): Promise<number | undefined> {
  try {
    return await sizeOf(source, node, roster)
  } catch (cause) {
    const isOfFiles = FILE_FAULTS.some((fault) => cause instanceof fault)
    if (!isOfFiles || !(cause instanceof Error)) throw cause
    throw new TamgaError('bad-proof', `the log of ${node.name}: ${cause.message}`, { cause })
  }
}

async function sizeOf(
  source: LogSource,
  node: RosterNode,
  roster: Roster,
): Promise<number | undefined> {
  const folder = `logs/${node.name}`
  let note: Uint8Array
  try {
    note = await source.read(`${folder}/checkpoint`, CHECKPOINT_BYTES_MAX)
  } catch (error) {
    if (error instanceof Unreadable && error.code === 'missing') return undefined
    throw error
  }
  const checkpoint = openOf(textOf(note), node, roster)
  const size = Number(checkpoint.size)
  const edge = RightEdge.empty()
  for await (const entry of all({ log: node.name, source, folder }, size)) {
    edge.append(hashLeaf(entry))
  }
  if (equalBytes(edge.root(), checkpoint.root)) return size
  throw new TamgaError('bad-proof', `the entries of ${node.name} are not those that it has signed`)
}

async function* all(files: LogFiles, size: number): AsyncGenerator<Uint8Array> {
  for await (const { entries } of bundlesOf(files, size)) yield* entries
}
