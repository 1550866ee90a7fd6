/**
 * What the logs say of one person, one entry each: what was done, when, by whom, why, under which
 * law. The same in whichever log it stands.
 */
import type { Role } from '../credential.ts'
import type { CaseDeed, LifeDeed } from '../deed.ts'
import type { Taken } from '../taken.ts'

/** Who signed for an event, and why. */
export interface LifeSigner {
  readonly key: Uint8Array
  /** When, by the station's clock. */
  readonly signedAt: number
  readonly organisation: string
  readonly name: string
  readonly role: Role
  readonly purpose: string
  readonly legalBasis: string
}

/** Prints were taken; `duplicates` are the handles that the search named, nobody twice. */
export interface PrintsTaken {
  readonly type: 'enrolment' | 'update'
  readonly duplicates: readonly Uint8Array[]
  /** Who was enrolled before with the same fingers, as cross-checks have found later. */
  readonly rivals?: readonly Uint8Array[]
  /** Whether the record has been compared with all that it has to be; not so if absent. */
  readonly isCompared?: boolean
  readonly taken: Taken
}

export interface LifeEvent {
  readonly leaf: Uint8Array
  /** Leaf of the event before it that its node knew of. */
  readonly after: Uint8Array | undefined
  readonly at: number
  /** What was signed, as a key: the same in every entry that rests on the same statements. */
  readonly said: string
  /** Under which policy. */
  readonly policy: string
  /** Never empty. */
  readonly by: readonly LifeSigner[]
  readonly what: PrintsTaken | LifeDeed | CaseDeed
  /**
   * When a node logged the revocation of a credential that had been signed with after its end;
   * undefined if none was.
   */
  readonly revokedAt: number | undefined
}

export function isOfPrints<T extends { type: string }>(
  what: T,
): what is Extract<T, { type: 'enrolment' | 'update' }> {
  return what.type === 'enrolment' || what.type === 'update'
}
