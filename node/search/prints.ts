/** From an image to prints, for whoever has one: a station at its command line, or a gateway. */
import { ExtractorError, type ExtractorErrorCode } from '../../matcher/extract/extractor-error.ts'
import type { Extractor, PrintsRequest } from '../../matcher/extract/extractor.ts'
import type { Print } from '../../matcher/extract/prints.ts'
import { InvalidImage } from '../../matcher/image/invalid-image.ts'
import { TamgaError, type ErrorCode } from '../../protocol/errors.ts'
import { fingerRecords } from './finger-records.ts'

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
  request: PrintsRequest,
  extractor: Extractor,
): Promise<readonly Print[]> {
  const prints: Print[] = []
  for (const bytes of fingerRecords(request.bytes)) {
    prints.push(...(await extracted({ ...request, bytes }, extractor)))
  }
  if (prints.length > 0) return prints
  const sought = request.position === undefined ? 'any finger' : `finger ${request.position}`
  throw new TamgaError('unprocessable', `the image is not of ${sought}`)
}

function extracted(request: PrintsRequest, extractor: Extractor): Promise<readonly Print[]> {
  return extractor.prints(request).catch((cause: unknown) => {
    if (cause instanceof InvalidImage) {
      throw new TamgaError('unprocessable', `${cause.code}: ${cause.message}`, { cause })
    }
    if (!(cause instanceof ExtractorError)) throw cause
    throw new TamgaError(CODES[cause.code], cause.message, { cause })
  })
}
