/**
 * - `busy` too many images wait already; nothing was done
 * - `aborted` the request's signal fired
 * - `deadline` the request's time was over
 * - `crashed` the worker died over this image; asking again helps only if the image was not why
 * - `closed` the extractor is closed
 */
export type ExtractorErrorCode = 'busy' | 'aborted' | 'deadline' | 'crashed' | 'closed'

/** Why an image was not extracted, through no fault of its own; else there is an `InvalidImage`. */
export class ExtractorError extends Error {
  override readonly name = 'ExtractorError'
  readonly code: ExtractorErrorCode

  constructor(code: ExtractorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
