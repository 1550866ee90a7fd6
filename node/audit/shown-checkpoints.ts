/** The checkpoints that a source shows of one log, each opened and held against the log's key. */
import {
  InvalidCheckpoint,
  openCheckpoint,
  type OpenedCheckpoint,
} from '../../crypto/checkpoint.ts'
import { isSameKey, InvalidNote, parseNote } from '../../crypto/note.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { CHECKPOINT_BYTES_MAX } from '../../protocol/limits.ts'
import { mirrorVerifier, witnessVerifier } from '../../protocol/quorum.ts'
import { logsOf } from '../../protocol/epochs.ts'
import { logOrigin, logVerifier, type Roster, type RosterNode } from '../../protocol/roster.ts'
import { CHECKPOINTS_MAX } from './limits.ts'
import { Unreadable, type LogSource } from './log-source.ts'
import type { Remarks } from './remarks.ts'

/** Where a checkpoint is from, as a person is told. */
export interface ShownCheckpoint {
  readonly checkpoint: OpenedCheckpoint
  readonly from: string
  /** Of a source's newest one: where the tree is, too. */
  readonly source: LogSource | undefined
}

interface Modules {
  readonly roster: Roster
  readonly remarks: Remarks
}

/** All that `source` shows of the log of `node`. */
export async function shownBy(
  source: LogSource,
  node: RosterNode,
  modules: Modules,
): Promise<ShownCheckpoint[]> {
  const folder = `logs/${node.name}`
  const shown: ShownCheckpoint[] = []
  const newest = `${folder}/checkpoint`
  const others = await listed(source, `${folder}/checkpoints`, node.name, modules)
  for (const path of [newest, ...others]) {
    const checkpoint = await shownAt(source, path, node, modules)
    const from = `${source.name}: ${path}`
    const read = path === newest ? source : undefined
    if (checkpoint) shown.push({ checkpoint, from, source: read })
  }
  return shown
}

/** The checkpoint in a note of this log, by its key. @throws InvalidNote, InvalidCheckpoint */
export function openOf(note: string, node: RosterNode, { network }: Roster): OpenedCheckpoint {
  return openCheckpoint(note, logOrigin(network, node.name), logVerifier(network, node))
}

async function listed(
  source: LogSource,
  folder: string,
  log: string,
  { remarks }: Modules,
): Promise<string[]> {
  try {
    const names = await source.list(folder)
    if (names.length > CHECKPOINTS_MAX) {
      remarks.add('unreadable', { log }, `more than ${CHECKPOINTS_MAX} checkpoints in ${folder}`)
    }
    return names.slice(0, CHECKPOINTS_MAX).map((name) => `${folder}/${name}`)
  } catch (error) {
    remarkUnreadable(error, log, remarks)
    return []
  }
}

async function shownAt(
  source: LogSource,
  path: string,
  node: RosterNode,
  { roster, remarks }: Modules,
): Promise<OpenedCheckpoint | undefined> {
  const log = node.name
  try {
    const note = textOf(await source.read(path, CHECKPOINT_BYTES_MAX))
    const checkpoint = openOf(note, node, roster)
    for (const name of forgedLines(note, log, roster)) {
      remarks.add('forged-cosignature', { log }, `${path}: the line of ${name} does not verify`)
    }
    return checkpoint
  } catch (error) {
    if (error instanceof InvalidNote || error instanceof InvalidCheckpoint) {
      const what = `${path} is no checkpoint signed by the log of ${log}: ${error.message}`
      remarks.add('checkpoint', { log }, what)
    } else {
      remarkUnreadable(error, log, remarks)
    }
    return undefined
  }
}

/** @throws what is not about a file */
export function remarkUnreadable(error: unknown, log: string | undefined, remarks: Remarks): void {
  if (!(error instanceof Unreadable)) throw error
  const code = error.code === 'oversize' ? 'oversize' : 'unreadable'
  remarks.add(code, log === undefined ? {} : { log }, error.message)
}

/** @throws InvalidNote */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new InvalidNote('malformed', 'not UTF-8', { cause })
  }
}

/** Names of lines that claim to be a node's cosignature and are not. */
function forgedLines(note: string, log: string, roster: Roster): string[] {
  const { text, signatures } = parseNote(note)
  const others = logsOf(roster).filter(({ name }) => name !== log)
  const verifiers: NoteVerifier[] = others.flatMap((node) => {
    return [witnessVerifier(roster, node), mirrorVerifier(roster, node)]
  })
  return signatures.flatMap((line) => {
    const claimed = verifiers.find((verifier) => isSameKey(verifier, line))
    return claimed && !claimed.verify(text, line.signature) ? [line.name] : []
  })
}
