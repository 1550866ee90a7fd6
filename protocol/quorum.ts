/**
 * Who must have seen a checkpoint before it is believed, and what a note shows of that.
 *
 * A node that signs its own log counts as one who has seen it; the others say so with cosignatures
 * (C2SP tlog-cosignature). Unless the roster has groups, k of all n nodes are enough, where k is
 * the least for which two quorums have an honest node in common though f of the nodes lie: 2k - n >
 * f with f = (n - 1) / 3, rounded down. That is 3 of 4, 5 of 7, 14 of 20.
 */
import { cosignatureTime, cosignatureVerifier } from '../crypto/cosignature.ts'
import { isSameKey, parseNote, type NoteSignature, type NoteVerifier } from '../crypto/note.ts'
import {
  isSatisfied,
  witnessGroup,
  type WitnessGroup,
  type WitnessMember,
} from '../crypto/witness-policy.ts'
import type { Roster, RosterNode } from './roster.ts'

/** A node that cosigned, and when, by its own clock, ms since 1970. */
export interface Cosigned {
  readonly node: string
  readonly at: number
}

/** A witness has seen it, a mirror holds every entry of it durably. */
export type CosignatureKind = 'witness' | 'mirror'

/** A line that verifies. */
export interface Cosignature extends Cosigned {
  readonly kind: CosignatureKind
  readonly line: NoteSignature
}

/** What the cosignatures of one checkpoint come to, the newest first. */
export interface Witnessed {
  readonly witnesses: readonly Cosigned[]
  readonly mirrors: readonly Cosigned[]
  /** Whether the witnesses are a quorum. */
  readonly isWitnessed: boolean
  /** Whether as many nodes hold it as the roster wants. */
  readonly isSafe: boolean
  /** When the newest quorum was complete, ms; of no quorum, the newest witness. */
  readonly at: number | undefined
}

type Names = Pick<Roster, 'network'>

/** What is worked out once for each roster: policies and key ids cost hashes. */
interface Keys {
  readonly of: Pick<Roster, 'network' | 'witnesses'>
  readonly policy: WitnessGroup
  readonly witnesses: ReadonlyMap<string, NoteVerifier>
  readonly cosigners: readonly {
    readonly node: string
    readonly kind: CosignatureKind
    readonly verifier: NoteVerifier
  }[]
}

/** By a roster's nodes, since a node's own roster stays one object over the epochs. */
const known = new WeakMap<readonly RosterNode[], Keys>()

/** The name under which a node cosigns as a witness. */
export function witnessName({ network }: Names, node: string): string {
  return `${network}/${node}/witness`
}

/** And as a mirror: another name and another key, for it says more. */
export function mirrorName({ network }: Names, node: string): string {
  return `${network}/${node}/mirror`
}

export function witnessVerifier(roster: Names, { name, publicKey }: RosterNode): NoteVerifier {
  return cosignatureVerifier(witnessName(roster, name), publicKey)
}

export function mirrorVerifier(roster: Names, { name, mirrorKey }: RosterNode): NoteVerifier {
  return cosignatureVerifier(mirrorName(roster, name), mirrorKey)
}

/** The least k of n nodes of which any two sets have an honest node in common. */
export function quorumOf(nodes: number): number {
  const faulty = Math.floor((nodes - 1) / 3)
  return Math.floor((nodes + faulty) / 2) + 1
}

/** Whose cosignatures are enough, as the roster has it. */
export function quorumPolicy(roster: Roster): WitnessGroup {
  return keysOf(roster).policy
}

/** Whether these nodes, all together, are a quorum. */
export function isQuorum(names: readonly string[], roster: Roster): boolean {
  const { policy, witnesses } = keysOf(roster)
  const lines = names.flatMap((name) => {
    const verifier = witnesses.get(name)
    return verifier ? [{ ...verifier, signature: NO_BYTES }] : []
  })
  return isSatisfied(policy, lines)
}

const NO_BYTES = new Uint8Array()

/**
 * The cosignatures on a note of `log` that verify, of each key the newest. One that does not counts
 * for nothing and condemns nothing: anybody on the way may have added it. The log's own signature
 * is not looked at: open the checkpoint first.
 *
 * @throws InvalidNote
 */
export function cosignaturesOn(note: string, log: string, roster: Roster): Cosignature[] {
  const { text, signatures } = parseNote(note)
  return keysOf(roster).cosigners.flatMap(({ node, kind, verifier }) => {
    if (node === log) return []
    const good = signatures
      .filter((line) => isSameKey(line, verifier) && verifier.verify(text, line.signature))
      .map((line) => ({ node, kind, at: 1_000 * (cosignatureTime(line) ?? 0), line }))
    return good.toSorted((a, b) => b.at - a.at).slice(0, 1)
  })
}

/** What the cosignatures on a note of `log` come to. @throws InvalidNote */
export function witnessedOf(note: string, log: string, roster: Roster): Witnessed {
  return weigh(cosignaturesOn(note, log, roster), log, roster)
}

/** What cosignatures of one checkpoint that have been verified come to. */
export function weigh(
  cosignatures: readonly Cosignature[],
  log: string,
  roster: Roster,
): Witnessed {
  const of = (wanted: CosignatureKind): Cosigned[] =>
    cosignatures
      .filter(({ kind }) => kind === wanted)
      .map(({ node, at }) => ({ node, at }))
      .toSorted((a, b) => b.at - a.at)
  const witnesses = of('witness')
  const mirrors = of('mirror')
  const enough = witnesses.findIndex((_, last) => {
    return isQuorum([log, ...witnesses.slice(0, last + 1).map(({ node }) => node)], roster)
  })
  const isWitnessed = enough >= 0 || isQuorum([log], roster)
  const at = (enough >= 0 ? witnesses[enough] : witnesses[0])?.at
  return { witnesses, mirrors, isWitnessed, isSafe: mirrors.length >= roster.mirrors, at }
}

function keysOf(roster: Roster): Keys {
  const found = known.get(roster.nodes)
  const { nodes, network, witnesses: groups } = roster
  if (found?.of.network === network && found.of.witnesses === groups) return found
  const witnesses = new Map(nodes.map((node) => [node.name, witnessVerifier(roster, node)]))
  const cosigners = nodes.flatMap((node) => [
    { node: node.name, kind: 'witness', verifier: witnessVerifier(roster, node) } as const,
    { node: node.name, kind: 'mirror', verifier: mirrorVerifier(roster, node) } as const,
  ])
  const of = { network, witnesses: groups }
  const keys = { of, policy: policyOf(roster, witnesses), witnesses, cosigners }
  known.set(nodes, keys)
  return keys
}

function policyOf({ witnesses }: Roster, verifiers: Keys['witnesses']): WitnessGroup {
  const members = new Map<string, WitnessMember>(verifiers)
  if (!witnesses) return witnessGroup(quorumOf(verifiers.size), [...verifiers.values()])
  for (const { name, threshold, members: names } of witnesses.groups) {
    const group = witnessGroup(
      threshold,
      names.map((member) => members.get(member)!),
    )
    members.set(name, group)
  }
  return members.get(witnesses.quorum) as WitnessGroup
}
