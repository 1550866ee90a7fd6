/**
 * An organisation grants an officer a role, or revokes it. The organisation's signature is in the
 * bytes, so it does not matter which node's log they stand in.
 */
import { bytesUpTo, record, type Shape } from '../codec.ts'
import { CREDENTIAL_BYTES_MAX } from '../credential.ts'
import { timeShape } from '../identifiers.ts'

export interface GrantEntry {
  readonly type: 'grant'
  readonly at: number
  /** As `openGrant` reads it. */
  readonly credential: Uint8Array
}

export interface RevocationEntry {
  readonly type: 'revocation'
  readonly at: number
  /** As `openRevocation` reads it. */
  readonly revocation: Uint8Array
}

export const grantShape: Shape<Omit<GrantEntry, 'type'>> = record<Omit<GrantEntry, 'type'>>({
  at: timeShape,
  credential: bytesUpTo(CREDENTIAL_BYTES_MAX),
})

export const revocationShape: Shape<Omit<RevocationEntry, 'type'>> = record<
  Omit<RevocationEntry, 'type'>
>({
  at: timeShape,
  revocation: bytesUpTo(CREDENTIAL_BYTES_MAX),
})
