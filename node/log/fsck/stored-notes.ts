/**
 * The rows of a log that stand once: how many entries there are, and signed notes. Each is held
 * against what only it can be, to the last byte.
 */
import { openCheckpoint, parseDecimal, type OpenedCheckpoint } from '../../../crypto/checkpoint.ts'
import { parseNote, type NoteVerifier } from '../../../crypto/note.ts'
import { cosignaturesOn } from '../../../protocol/quorum.ts'
import type { Roster } from '../../../protocol/roster.ts'
import type { Store } from '../../store/store.ts'
import { bareNote } from '../bare-note.ts'
import type { LogKeys } from '../log-keys.ts'
import type { Damages, SingleRow } from './damage.ts'

export interface LogIdentity {
  readonly name: string
  readonly origin: string
  readonly verifier: NoteVerifier
  readonly roster: Roster
}

/** What is undefined is not there, or is damaged. */
export interface StoredNotes {
  readonly size: number | undefined
  readonly checkpoint: OpenedCheckpoint | undefined
  readonly cosigned: OpenedCheckpoint | undefined
  readonly towards: OpenedCheckpoint | undefined
  /** Those that are there and not what they should be. */
  readonly damaged: ReadonlySet<SingleRow>
}

/** @throws TamgaError `storage` when they cannot be read */
export async function readNotes(
  log: LogIdentity,
  keys: LogKeys,
  { store, damages }: { store: Store; damages: Damages },
): Promise<StoredNotes> {
  const damaged = new Set<SingleRow>()
  const rows = ['size', 'checkpoint', 'cosigned', 'towards'] as const
  const values = await store.getMany(rows.map((row) => keys[row]))
  const read = <T>(row: SingleRow, reader: (text: string) => T): T | undefined => {
    const value = values[rows.indexOf(row)]
    if (!value) return undefined
    try {
      return reader(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value))
    } catch (error) {
      damaged.add(row)
      damages.add({ kind: row, says: error instanceof Error ? error.message : 'not readable' })
      return undefined
    }
  }
  return {
    size: read('size', readSize),
    checkpoint: read('checkpoint', (note) => openBare(note, log)),
    cosigned: read('cosigned', (note) => openCosigned(note, log)),
    towards: read('towards', (note) => openBare(note, log)),
    damaged,
  }
}

function readSize(text: string): number {
  const size = Number(parseDecimal(text) ?? Number.NaN)
  if (Number.isSafeInteger(size)) return size
  throw new Error('it is no number')
}

/** With the log's own signature and nothing else. */
function openBare(note: string, { origin, verifier }: LogIdentity): OpenedCheckpoint {
  const opened = openCheckpoint(note, origin, verifier)
  if (bareNote(note, origin) === note) return opened
  throw new Error('it carries more than the signature of the log')
}

/** With signatures that all verify. */
function openCosigned(note: string, { name, origin, verifier, roster }: LogIdentity) {
  const opened = openCheckpoint(note, origin, verifier)
  const { signatures } = parseNote(note)
  const good = cosignaturesOn(note, name, roster).length + 1
  if (good === signatures.length) return opened
  throw new Error(`${signatures.length - good} of its signatures are by nobody in the roster`)
}
