export type InvalidProofCode =
  | 'index-out-of-range'
  | 'size-out-of-range'
  | 'subtree-out-of-range'
  | 'path-length'
  | 'hash-length'
  | 'root-mismatch'

/** A proof that does not prove: malformed whatever it is held against, or of another root. */
export class InvalidProof extends Error {
  override readonly name = 'InvalidProof'
  readonly code: InvalidProofCode

  constructor(code: InvalidProofCode, message: string) {
    super(message)
    this.code = code
  }
}
