/** Whom an inspection believes. Whoever hands this over answers for where it came from. */
import type { Certificate } from '../../crypto/x509/certificate.ts'
import type { RevocationList } from '../../crypto/x509/revocation-list.ts'

export interface Trust {
  /**
   * Of states that certify document signers. One that its own key has signed is believed; another
   * is a link from an old key to a new one, and believed where somebody who is believed has signed
   * it.
   */
  readonly authorities: readonly Certificate[]
  /** Of document signers, for documents that do not carry theirs. They prove nothing. */
  readonly signers: readonly Certificate[]
  readonly revocations: readonly RevocationList[]
}

/** Nobody is believed. */
export const NO_TRUST: Trust = { authorities: [], signers: [], revocations: [] }
