/**
 * Deeds: everything that officers do to the register, or read from it, besides enrolling and
 * searching. A deed stands in the log in the clear, so it names codes, dates and handles, and
 * nothing of the person behind the handle.
 */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'
import { INSPECTED, OUTCOMES, type InspectedOutcome } from './border/check.ts'
import { LIVENESS, type Crossing, type Liveness } from './border/crossing.ts'
import { DECISIONS } from './border/decide.ts'
import { PROFILES, type ProfileName } from './border/profile.ts'
import {
  bytes,
  bytesUpTo,
  codec,
  list,
  oneOf,
  optional,
  record,
  text,
  uint,
  variants,
} from './codec.ts'
import { recordPlaceShape } from './covered-log.ts'
import { digestShape, handleShape, nodeShape, publicKeyShape, timeShape } from './identifiers.ts'
import { TEXT_BYTES_MAX } from './limits.ts'
import { civilDateShape, type CivilDate } from './rules/civil-date.ts'
import { DOCUMENTS, type Document } from './rules/eligibility.ts'
import { POLICY_BYTES_MAX } from './rules/policy.ts'

export const POSTPONEMENT_CAUSES = ['injured', 'bandaged', 'ill'] as const
export const EXEMPTION_CAUSES = ['no-fingers', 'no-pattern', 'under-age'] as const
export const SUSPENSION_CAUSES = ['duplicate', 'credential', 'court-order'] as const
export const REINSTATEMENT_CAUSES = ['cleared', 'court-order'] as const
export const ERASURE_GROUNDS = ['request', 'consent-withdrawn', 'court-order', 'expired'] as const
export const WATCH_CAUSES = ['wanted', 'missing', 'entry-ban', 'document-reported'] as const
export const FINDINGS = ['same', 'different', 'cannot-tell'] as const
export type Finding = (typeof FINDINGS)[number]

/** What changes a person's standing. The statement names the person. */
export type LifeDeed =
  /** `fine` in tenths of a monthly calculation index (MRP). */
  | { readonly type: 'refusal'; readonly fine: number }
  | {
      readonly type: 'postponement'
      readonly cause: (typeof POSTPONEMENT_CAUSES)[number]
      readonly until: CivilDate
    }
  | {
      readonly type: 'exemption'
      readonly cause: (typeof EXEMPTION_CAUSES)[number]
      readonly until: CivilDate | undefined
    }
  | { readonly type: 'confirmation' }
  /** `reference` is random: the document's number stays with the issuer. */
  | { readonly type: 'document'; readonly document: Document; readonly reference: Uint8Array }
  | { readonly type: 'suspension'; readonly cause: (typeof SUSPENSION_CAUSES)[number] }
  | { readonly type: 'reinstatement'; readonly cause: (typeof REINSTATEMENT_CAUSES)[number] }
  | { readonly type: 'death' }
  | { readonly type: 'expiry' }
  | { readonly type: 'erasure'; readonly ground: (typeof ERASURE_GROUNDS)[number] }

/** What an examiner says about a case. A case is named by the leaf hash of what opened it. */
export type CaseDeed =
  | {
      readonly type: 'opinion'
      readonly case: Uint8Array
      readonly candidate: Uint8Array
      readonly finding: Finding
      readonly reason: string
    }
  | { readonly type: 'second-examiner'; readonly case: Uint8Array }

/** What changes the register's own rules and lists. */
export type RegisterDeed =
  /** An encoded policy: the law that is in force from its date on. */
  | { readonly type: 'policy'; readonly policy: Uint8Array }
  | {
      readonly type: 'watch'
      readonly listed: 'added' | 'removed'
      readonly cause: (typeof WATCH_CAUSES)[number]
    }
  /** Whose identity the home region may tell, after a search named the person. */
  | { readonly type: 'release'; readonly case: Uint8Array }
  /** Keeps one access out of the subject's view until it is released by itself. */
  | {
      readonly type: 'hold'
      readonly log: string
      readonly index: number
      /** Of an access record: its place in the batch at `index`. */
      readonly record?: number | undefined
      readonly until: number
    }
  /** No node takes the TLS certificate any more of which this is the SHA-256. */
  | { readonly type: 'certificate-revocation'; readonly certificate: Uint8Array }
  /** Whose records an officer is not to look at: `relativesDigest` hides them. */
  | { readonly type: 'relatives'; readonly officer: Uint8Array; readonly commitment: Uint8Array }

/** What was found at a border, and what the officer decided. The statement may name a person. */
export type BorderDeed = { readonly type: 'crossing' } & Crossing

/** What is read. The statement names the person, if it is about one. */
export type ReadDeed =
  | { readonly type: 'status' }
  | { readonly type: 'eligibility'; readonly document: Document }
  | { readonly type: 'accesses' }
  | { readonly type: 'case-file'; readonly case: Uint8Array }
  | { readonly type: 'case-queue' }
  | {
      readonly type: 'breach'
      readonly officer: Uint8Array
      readonly from: number
      readonly to: number
    }
  | { readonly type: 'alarms' }
  /** Which handle a number has: the commitment hides it, see `resolutionDigest`. */
  | { readonly type: 'resolution'; readonly commitment: Uint8Array }
  /** Whole logs, by an auditor who shows what the commitment hides: see `copyDigest`. */
  | { readonly type: 'log-copy'; readonly commitment: Uint8Array }
  /** A traveller, of whose document and prints the commitment says nothing: `inspectionDigest`. */
  | {
      readonly type: 'inspection'
      readonly profile: ProfileName
      readonly liveness: Liveness
      readonly commitment: Uint8Array
    }

export type Deed = LifeDeed | CaseDeed | RegisterDeed | BorderDeed | ReadDeed
export type DeedType = Deed['type']

/** Random bytes under which a document is known here. */
export const REFERENCE_BYTES = 16

/** A policy is the longest thing that a deed can say, bytes. */
export const DEED_BYTES_MAX = POLICY_BYTES_MAX + TEXT_BYTES_MAX

const nothing = record<object>({})

const deeds = codec<Deed>(
  'deed',
  DEED_BYTES_MAX,
  variants<Deed>({
    refusal: { number: 0, shape: record({ fine: uint() }) },
    postponement: {
      number: 1,
      shape: record({ cause: oneOf(...POSTPONEMENT_CAUSES), until: civilDateShape }),
    },
    exemption: {
      number: 2,
      shape: record({ cause: oneOf(...EXEMPTION_CAUSES), until: optional(civilDateShape) }),
    },
    confirmation: { number: 3, shape: nothing },
    document: {
      number: 4,
      shape: record({ document: oneOf(...DOCUMENTS), reference: bytes(REFERENCE_BYTES) }),
    },
    suspension: { number: 5, shape: record({ cause: oneOf(...SUSPENSION_CAUSES) }) },
    reinstatement: { number: 6, shape: record({ cause: oneOf(...REINSTATEMENT_CAUSES) }) },
    death: { number: 7, shape: nothing },
    expiry: { number: 8, shape: nothing },
    erasure: { number: 9, shape: record({ ground: oneOf(...ERASURE_GROUNDS) }) },
    opinion: {
      number: 10,
      shape: record({
        case: digestShape,
        candidate: handleShape,
        finding: oneOf(...FINDINGS),
        reason: text(TEXT_BYTES_MAX),
      }),
    },
    'second-examiner': { number: 11, shape: record({ case: digestShape }) },
    policy: { number: 12, shape: record({ policy: bytesUpTo(POLICY_BYTES_MAX) }) },
    watch: {
      number: 13,
      shape: record({ listed: oneOf('added', 'removed'), cause: oneOf(...WATCH_CAUSES) }),
    },
    release: { number: 14, shape: record({ case: digestShape }) },
    hold: {
      number: 15,
      shape: record<Omit<Extract<Deed, { type: 'hold' }>, 'type'>>({
        log: nodeShape,
        index: uint(),
        record: recordPlaceShape,
        until: timeShape,
      }),
    },
    status: { number: 16, shape: nothing },
    eligibility: { number: 17, shape: record({ document: oneOf(...DOCUMENTS) }) },
    accesses: { number: 18, shape: nothing },
    'case-file': { number: 19, shape: record({ case: digestShape }) },
    'case-queue': { number: 20, shape: nothing },
    breach: {
      number: 21,
      shape: record({ officer: publicKeyShape, from: timeShape, to: timeShape }),
    },
    alarms: { number: 22, shape: nothing },
    resolution: { number: 23, shape: record({ commitment: digestShape }) },
    relatives: {
      number: 24,
      shape: record({ officer: publicKeyShape, commitment: digestShape }),
    },
    'log-copy': { number: 25, shape: record({ commitment: digestShape }) },
    inspection: {
      number: 26,
      shape: record({
        profile: oneOf(...PROFILES),
        liveness: oneOf(...LIVENESS),
        commitment: digestShape,
      }),
    },
    crossing: {
      number: 27,
      shape: record({
        profile: oneOf(...PROFILES),
        inspection: optional(digestShape),
        commitment: digestShape,
        checks: list(
          record<InspectedOutcome>({ name: oneOf(...INSPECTED), outcome: oneOf(...OUTCOMES) }),
          INSPECTED.length,
        ),
        decision: oneOf(...DECISIONS),
        reason: text(TEXT_BYTES_MAX),
      }),
    },
    'certificate-revocation': { number: 28, shape: record({ certificate: digestShape }) },
  }),
)

/** What changes how a person stands, by name. */
export const LIFE_DEEDS: readonly LifeDeed['type'][] = [
  'refusal',
  'postponement',
  'exemption',
  'confirmation',
  'document',
  'suspension',
  'reinstatement',
  'death',
  'expiry',
  'erasure',
]

export function isLifeDeed(deed: Deed): deed is LifeDeed {
  return (LIFE_DEEDS as readonly string[]).includes(deed.type)
}

export function isCaseDeed(deed: Deed): deed is CaseDeed {
  return deed.type === 'opinion' || deed.type === 'second-examiner'
}

export const encodeDeed = deeds.encode
export const decodeDeed = deeds.decode

/** What an officer signs for. */
export function deedDigest(encoded: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/deed/v1\n'), encoded)
}

/** Random bytes that hide in a deed what comes beside it. */
export const HIDING_NONCE_BYTES = 32

/** Hides the handles of an officer's family behind random bytes. */
export function relativesDigest(nonce: Uint8Array, handles: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(utf8('tamga/relatives/v1\n'), nonce, ...handles))
}

/** Hides an IIN, of which there are few enough to try them all, behind random bytes. */
export function resolutionDigest(nonce: Uint8Array, iin: string): Uint8Array {
  return sha256(concatBytes(utf8('tamga/resolution/v1\n'), nonce, utf8(iin)))
}

/** Hides in a deed the token by which an auditor fetches the logs: the deed can be read by many. */
export function copyDigest(token: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8('tamga/log-copy/v1\n'), token))
}
