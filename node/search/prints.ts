/** From an image to prints, for whoever has one: a station at its command line, or a gateway. */
import { ExtractorError, type ExtractorErrorCode } from '../../matcher/extract/extractor-error.ts'
import type { Extractor, PrintsRequest } from '../../matcher/extract/extractor.ts'
import type { Print } from '../../matcher/extract/prints.ts'
import { InvalidImage } from '../../matcher/image/invalid-image.ts'
import { TamgaError, type ErrorCode } from '../../protocol/errors.ts'

export interface PrintsQuestion extends PrintsRequest {
  /** Which finger it is said to be, 0 for an unknown one; absent where the record says it. */
  readonly position?: number | undefined
}

const CODES: Readonly<Record<ExtractorErrorCode, ErrorCode>> = {
  busy: 'overloaded',
  aborted: 'unreachable',
  deadline: 'deadline',
  crashed: 'internal',
  closed: 'closed',
}

/**
 * At least one print.
 *
 * @throws TamgaError `unprocessable`: no image, with the reader's code in the message, or not of
 *   the finger that is said; else why nothing was extracted, as `CODES` has it
 */
export async function readPrints(
  { position, ...request }: PrintsQuestion,
  extractor: Extractor,
): Promise<readonly Print[]> {
  const prints = await extractor.prints(request).catch((cause: unknown) => {
    if (cause instanceof InvalidImage) {
      throw new TamgaError('unprocessable', `${cause.code}: ${cause.message}`, { cause })
    }
    if (!(cause instanceof ExtractorError)) throw cause
    throw new TamgaError(CODES[cause.code], cause.message, { cause })
  })
  const wanted = position === undefined ? prints : ofFinger(prints, position)
  if (wanted.length > 0) return wanted
  throw new TamgaError('unprocessable', `the image is not of finger ${position ?? 0}`)
}

/**
 * Those that a record says are of this finger, or the only one there is where that is of an unknown
 * finger, or is to be taken for one.
 */
function ofFinger(prints: readonly Print[], position: number): readonly Print[] {
  const [first] = prints
  const isOnly = first !== undefined && prints.length === 1
  if (isOnly && (first.position === 0 || position === 0)) {
    return [{ ...first, position, view: { ...first.view, position } }]
  }
  return prints.filter((print) => print.position === position)
}
