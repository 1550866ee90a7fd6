/**
 * - `too-long` more bytes than any image this house accepts
 * - `truncated` ends inside a part that it announced
 * - `magic` no format that is known here
 * - `unsupported` a known format, in a variant that is not read here
 * - `length` a part declares a length that cannot be its own
 * - `field-range` a field with a value its format does not allow
 * - `size` too small, too large, or too large for its bytes
 * - `resolution` outside 300..1,200 dpi, or of pixels that are not square
 * - `content` data that its own headers do not describe, or that cannot be decompressed
 */
export type InvalidImageCode =
  | 'too-long'
  | 'truncated'
  | 'magic'
  | 'unsupported'
  | 'length'
  | 'field-range'
  | 'size'
  | 'resolution'
  | 'content'

/** Bytes that are no image, or an image that cannot be written. */
export class InvalidImage extends Error {
  override readonly name = 'InvalidImage'
  readonly code: InvalidImageCode

  constructor(code: InvalidImageCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
