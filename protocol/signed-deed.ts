/** A deed, and the statements under it, as everybody who is named signs them. */
import { deedDigest, encodeDeed, type Deed } from './deed.ts'
import type { Purpose } from './purpose.ts'
import { signStatement, type OfficerKey, type SignedStatement } from './statement.ts'

/** What every statement under a deed says besides the deed itself. */
export interface DeedReasons {
  readonly network: string
  readonly at: number
  readonly post: string
  readonly purpose: Purpose
  readonly caseNumber: string
  readonly legalBasis: string
  /** Of a deed about a person. */
  readonly handle: Uint8Array | undefined
}

export interface SignedDeed {
  readonly deed: Uint8Array
  /** One of each officer, in their order. */
  readonly signatures: readonly SignedStatement[]
}

export function signDeed(
  deed: Deed,
  about: DeedReasons,
  officers: readonly OfficerKey[],
): SignedDeed {
  const encoded = encodeDeed(deed)
  const statement = {
    ...about,
    action: 'record' as const,
    payloadDigest: undefined,
    deedDigest: deedDigest(encoded),
  }
  return { deed: encoded, signatures: officers.map((key) => signStatement(statement, key)) }
}
