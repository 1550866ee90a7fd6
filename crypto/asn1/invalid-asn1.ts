/**
 * - `truncated` ends inside an element that it announced
 * - `trailing` goes on behind the element that should be all of it
 * - `length` a length that is not encoded as it may be
 * - `depth`, `count` deeper, or of more elements, than anything that is read here
 * - `tag` another element than the one that must stand there
 * - `value` the content is not one of its type
 * - `content-type` it holds something of another type than what is read
 * - `unsupported` well formed, and of an algorithm or a variant that is not known here
 */
export type InvalidAsn1Code =
  | 'truncated'
  | 'trailing'
  | 'length'
  | 'depth'
  | 'count'
  | 'tag'
  | 'value'
  | 'content-type'
  | 'unsupported'

/** Bytes that are not the ASN.1 that they should be, or not of a kind that we read. */
export class InvalidAsn1 extends Error {
  override readonly name = 'InvalidAsn1'
  readonly code: InvalidAsn1Code

  constructor(code: InvalidAsn1Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
