/** What a source says as a whole: of which register it is, and what convicts logs. */
import { equalBytes } from '../../crypto/bytes.ts'
import { NOTE_BYTES_MAX, type NoteVerifier } from '../../crypto/note.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { EVIDENCE_BYTES_MAX, verifyEvidence } from '../../protocol/evidence.ts'
import { openRoster, rosterDigest, type Roster } from '../../protocol/roster.ts'
import type { LogSource } from './log-source.ts'
import type { Remarks } from './remarks.ts'
import { remarkUnreadable } from './shown-checkpoints.ts'

/** That the source is of this register: a log under another roster is another log. */
export async function checkRoster(
  source: LogSource,
  { authority, digest }: { authority: NoteVerifier; digest: Uint8Array },
  remarks: Remarks,
): Promise<void> {
  const { name } = source
  try {
    const note = new TextDecoder().decode(await source.read('roster', NOTE_BYTES_MAX))
    openRoster(note, authority)
    if (equalBytes(rosterDigest(note), digest)) return
    remarks.add('roster', {}, `${name}: these logs were kept under another roster`)
  } catch (error) {
    const { code, message } = asTamgaError(error)
    if (code === 'internal') remarkUnreadable(error, undefined, remarks)
    else remarks.add('roster', {}, `${name}: ${message}`)
  }
}

/** What the source has that convicts a log, and whether it does. */
export async function checkEvidence(
  source: LogSource,
  roster: Roster,
  remarks: Remarks,
): Promise<void> {
  try {
    for (const name of await source.list('evidence')) {
      const bytes = await source.read(`evidence/${name}`, EVIDENCE_BYTES_MAX)
      remarkEvidence(`${source.name}: evidence/${name}`, bytes, { roster, remarks })
    }
  } catch (error) {
    remarkUnreadable(error, undefined, remarks)
  }
}

function remarkEvidence(
  what: string,
  bytes: Uint8Array,
  { roster, remarks }: { roster: Roster; remarks: Remarks },
): void {
  try {
    const { log } = verifyEvidence(bytes, roster)
    remarks.add('equivocation', { log }, `${what} proves that it signed two histories`)
  } catch (error) {
    const { code, message } = asTamgaError(error)
    if (code === 'internal') throw error
    remarks.add('unreadable', {}, `${what} is no evidence: ${message}`)
  }
}
