/**
 * Witness policies: whose cosignatures make a checkpoint believable. Groups of which k must agree,
 * nested, so that no single institution is a quorum by itself.
 *
 * Source: C2SP tlog-policy. With f liars among n witnesses, two verifiers that each demand k cannot
 * be shown two histories if 2k - n > f; and f absent ones stop nobody if n - f >= k.
 */
import { isSameKey, parseNote, type NoteSignature, type NoteVerifier } from './note.ts'

export type InvalidPolicyCode = 'threshold' | 'depth' | 'duplicate-witness'

/** A policy that nobody can mean. */
export class InvalidPolicy extends Error {
  override readonly name = 'InvalidPolicy'
  readonly code: InvalidPolicyCode

  constructor(code: InvalidPolicyCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Groups within groups: country, institution, region, machine, with room. */
export const GROUP_DEPTH_MAX = 8

/** At least `threshold` of `members` must be satisfied; 0 makes the group optional. */
export interface WitnessGroup {
  readonly threshold: number
  readonly members: readonly WitnessMember[]
}

export type WitnessMember = WitnessGroup | NoteVerifier

export interface Witnessed {
  readonly satisfied: boolean
  /** The lines that count: verified, one per witness, in the order of the note. */
  readonly cosignatures: readonly NoteSignature[]
}

/**
 * A group that can be satisfied and cannot be fooled.
 *
 * @throws InvalidPolicy `threshold` unless 0 <= threshold <= members; `duplicate-witness` where one
 * key stands twice, and so could be counted twice; `depth`
 */
export function witnessGroup(threshold: number, members: readonly WitnessMember[]): WitnessGroup {
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > members.length) {
    throw new InvalidPolicy('threshold', `${threshold} of ${members.length} members`)
  }
  const group = { threshold, members }
  const witnesses = witnessesOf(group)
  for (const [at, witness] of witnesses.entries()) {
    if (witnesses.slice(0, at).some((other) => isSameKey(other, witness))) {
      throw new InvalidPolicy('duplicate-witness', `${witness.name} stands in the policy twice`)
    }
  }
  return group
}

/** All witnesses of a group and the groups in it. @throws InvalidPolicy `depth` */
export function witnessesOf(group: WitnessGroup, depth = 1): NoteVerifier[] {
  if (depth > GROUP_DEPTH_MAX) {
    throw new InvalidPolicy('depth', `groups nested deeper than ${GROUP_DEPTH_MAX}`)
  }
  return group.members.flatMap((member) =>
    isGroup(member) ? witnessesOf(member, depth + 1) : [member],
  )
}

/**
 * Which witnesses of `policy` cosigned `note`, and whether they are enough.
 *
 * Unlike `openNote`, a line by a witness that does not verify counts for nothing and condemns
 * nothing: anybody on the way may add a line, and must not be able to veto a quorum with it. The
 * log's own signature is not looked at: open the checkpoint first.
 *
 * @throws InvalidNote as `parseNote`
 */
export function checkWitnesses(note: string, policy: WitnessGroup): Witnessed {
  const { text, signatures } = parseNote(note)
  const witnesses = witnessesOf(policy)
  const cosignatures: NoteSignature[] = []
  for (const line of signatures) {
    if (cosignatures.some((seen) => isSameKey(seen, line))) continue
    const witness = witnesses.find((candidate) => isSameKey(candidate, line))
    if (witness?.verify(text, line.signature) === true) cosignatures.push(line)
  }
  return { satisfied: isSatisfied(policy, cosignatures), cosignatures }
}

/** Whether verified cosignatures satisfy `member`. */
export function isSatisfied(member: WitnessMember, verified: readonly NoteSignature[]): boolean {
  if (!isGroup(member)) return verified.some((line) => isSameKey(line, member))
  const satisfied = member.members.filter((inner) => isSatisfied(inner, verified))
  return satisfied.length >= member.threshold
}

function isGroup(member: WitnessMember): member is WitnessGroup {
  return 'threshold' in member
}
