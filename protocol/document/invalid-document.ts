/** What is wrong with a file of a chip. */
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { TamgaError } from '../errors.ts'

/**
 * - `too-large` more bytes than such a file can have
 * - `malformed` not what its standard says it is
 * - `not-supported` well formed, and of an algorithm or a variant that is not read here
 * - `wrong-file` another file of the chip than the one that it should be
 * - `version` of a version that does not exist, or that does not go with its content
 * - `content-type` signed data of something else
 * - `signature` signed data that its signer did not sign
 */
export type DocumentFault =
  | 'too-large'
  | 'malformed'
  | 'not-supported'
  | 'wrong-file'
  | 'version'
  | 'content-type'
  | 'signature'

/** Bytes that are not the file of a chip that they should be; it names nobody. */
export class InvalidDocument extends TamgaError {
  readonly fault: DocumentFault

  constructor(fault: DocumentFault, message: string, options?: ErrorOptions) {
    super(fault === 'too-large' ? 'too-large' : 'unprocessable', message, options)
    this.fault = fault
  }
}

/**
 * What `read` gives; ASN.1 that is wrong becomes an error of the file, which `what` names.
 *
 * @throws InvalidDocument
 */
export function withFaults<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof InvalidAsn1)) throw cause
    throw new InvalidDocument(faultOf(cause), `${what}: ${cause.message}`, { cause })
  }
}

function faultOf({ code }: InvalidAsn1): DocumentFault {
  if (code === 'unsupported') return 'not-supported'
  return code === 'content-type' ? code : 'malformed'
}
