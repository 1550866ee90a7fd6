/**
 * Whom an entry of a log touched, and how: the one place that says so, for the list that a person
 * gets, for the reckoning after a breach, and for whoever checks either against the logs.
 *
 * Pure: from an entry that counts and, of an outcome, who asked. It goes by what the entry names:
 * whoever stands in a case named by its leaf hash alone is found by the outcome that opened it.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { Authorised } from '../authority.ts'
import type { Deed } from '../deed.ts'
import type { Entry } from '../entry/entry.ts'
import type { Doing } from './permissions.ts'

/** An entry that counts: read, its signatures checked, joined with what it refers to. */
export interface Logged<E extends Entry = Entry> {
  readonly log: string
  readonly index: number
  /** Of an access record: its place in the batch at `index`. */
  readonly record?: number | undefined
  /** RFC 6962 leaf hash of the entry's bytes. */
  readonly leaf: Uint8Array
  readonly entry: E
  /** Who signed it; of an outcome, who asked. */
  readonly by: readonly Authorised[]
  /** Of an act. */
  readonly deed: Deed | undefined
}

export const ACCESS_KINDS = [
  'enrolled',
  'verified',
  'found-by-search',
  'changed',
  'read',
  'refused',
] as const
export type AccessKind = (typeof ACCESS_KINDS)[number]

/** What an officer did, as a log has it: `outcome` is what a question led to. */
export type LoggedDoing = Doing | 'outcome' | 'refused'

/** Deeds that tell something of a person and change nothing. */
const READS: ReadonlySet<Deed['type']> = new Set<Deed['type']>([
  'status',
  'eligibility',
  'accesses',
  'case-file',
  'case-queue',
  'breach',
  'alarms',
  'resolution',
  'opinion',
  'second-examiner',
  'release',
  'log-copy',
  'inspection',
  'crossing',
])

const DAY_MS = 86_400_000

/**
 * How long a person is not told of their place on the watch list, ms: half a year, after which who
 * still has reason asks for a hold.
 */
export const WATCH_HELD_MS = 180 * DAY_MS

/**
 * How long after an access it can be held at most, ms, whatever is held anew: a person learns of
 * it in the end.
 */
export const HELD_MS_MAX = 730 * DAY_MS

/** An access that the person is not told of until then, ms. */
export interface Held {
  readonly log: string
  readonly index: number
  readonly record?: number | undefined
  readonly until: number
}

/** What an entry keeps back; undefined where it keeps nothing. */
export function heldBy({ log, index, entry, deed }: Logged): Held | undefined {
  if (deed?.type === 'watch') return { log, index, until: entry.at + WATCH_HELD_MS }
  if (deed?.type !== 'hold') return undefined
  return deed
}

/** What the officer did; undefined where no officer did anything. */
export function doneIn({ entry, by, deed }: Logged): LoggedDoing | undefined {
  const { action } = by[0]?.statement ?? {}
  if (action === undefined) return undefined
  if (entry.type === 'outcome' || entry.type === 'refused') return entry.type
  return deed ? deed.type : action === 'record' ? undefined : action
}

/** The persons whom it touched, each once. */
export function touchedBy({ entry, by, deed }: Logged): readonly Uint8Array[] {
  const { action, handle } = by[0]?.statement ?? {}
  if (action === undefined) return []
  switch (entry.type) {
    case 'query':
      return action === 'verify' ? distinct([handle]) : []
    case 'outcome': {
      const found = distinct(entry.candidates.map((candidate) => candidate.handle))
      const isClaimed = (one: Uint8Array): boolean => !!handle && equalBytes(one, handle)
      // Of a verification the query itself says whom it touched.
      return action === 'verify' ? found.filter((one) => !isClaimed(one)) : found
    }
    case 'enrolment':
      return [entry.handle]
    case 'act':
      return distinct([entry.subject, deed?.type === 'opinion' ? deed.candidate : undefined])
    case 'refused':
      return distinct([handle])
    case 'genesis':
    case 'search':
    case 'grant':
    case 'revocation':
    case 'destroyed':
    // Of a cross-check no officer learns anything but by the case that it opens.
    case 'epoch':
    case 'holding':
    case 'seen':
    case 'cross-query':
    case 'cross-check':
    case 'dispute':
    // A claim tells nobody anything of the person.
    case 'claim':
    // Its records touch whom they touch, each by itself.
    case 'batch':
      break
  }
  return []
}

/** How it touched them; undefined where it touched nobody's record. */
export function accessKindOf({ entry, by, deed }: Logged): AccessKind | undefined {
  switch (entry.type) {
    case 'query':
      return by[0]?.statement.action === 'verify' ? 'verified' : undefined
    case 'outcome':
      return 'found-by-search'
    case 'enrolment':
      return by[0]?.statement.action === 'update' ? 'changed' : 'enrolled'
    case 'act':
      // A hold is about a list and not about a record: shown, it would tell what it keeps back.
      if (!deed || deed.type === 'hold') return undefined
      return READS.has(deed.type) ? 'read' : 'changed'
    case 'refused':
      return 'refused'
    case 'genesis':
    case 'search':
    case 'grant':
    case 'revocation':
    case 'destroyed':
    case 'epoch':
    case 'holding':
    case 'seen':
    case 'cross-query':
    case 'cross-check':
    case 'dispute':
    case 'claim':
    case 'batch':
      break
  }
  return undefined
}

function distinct(handles: readonly (Uint8Array | undefined)[]): readonly Uint8Array[] {
  const found: Uint8Array[] = []
  for (const handle of handles) {
    if (handle && !found.some((known) => equalBytes(known, handle))) found.push(handle)
  }
  return found
}
