/** From files of images to the fingers that a chip may carry. */
import type { Extractor } from '../../matcher/extract/extractor.ts'
import { templateOf, type Print } from '../../matcher/extract/prints.ts'
import type { FingerImage } from '../../matcher/image/finger-image.ts'
import { IMAGE_BYTES_MAX } from '../../matcher/image/image.ts'
import { InvalidImage } from '../../matcher/image/invalid-image.ts'
import { formatOf } from '../../matcher/image/read.ts'
import { at500Dpi, MATCHER_DPI } from '../../matcher/image/resample.ts'
import { writeWsq } from '../../matcher/image/wsq/write-wsq.ts'
import type { FingerView } from '../../protocol/document/finger-record.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { FINGERS_MAX } from '../../protocol/limits.ts'
import { fingerImages } from '../search/finger-records.ts'
import { readPrints } from '../search/prints.ts'
import type { FingerArgument } from './arguments.ts'
import { readUpTo } from './read-up-to.ts'

/** One finger for a chip, and what a register compares of it. */
export interface ChipPrint extends FingerView {
  readonly template: Uint8Array
}

/** How far from 500 dpi a file may be that is taken as it is: the 1 % of Doc 9303's scanners. */
const DPI_TOLERANCE = 5

/**
 * One view of each finger: of several images of one, the best. Each is WSQ at 500 dpi: a WSQ file
 * that is at hand goes on the chip as it is, since packing it again would cost detail.
 *
 * @throws TamgaError `unprocessable`: no image, of an unknown finger, or a slap
 */
export async function readChipPrints(
  files: readonly FingerArgument[],
  { dpi, extractor }: { dpi?: number; extractor: Extractor },
): Promise<ChipPrint[]> {
  const best = new Map<number, ChipPrint>()
  for (const { position, file } of files) {
    const bytes = await readUpTo(file, IMAGE_BYTES_MAX)
    const images = imagesIn(file, bytes, dpi)
    const prints = await readPrints({ bytes, dpi, position }, extractor)
    for (const found of images) {
      const finger = found.position === 0 ? (position ?? 0) : found.position
      const print = prints.find((one) => one.position === finger)
      if (!print) continue
      const view = viewOf({ ...found, position: finger }, bytes, print)
      if ((best.get(finger)?.quality ?? -1) < view.quality) best.set(finger, view)
    }
  }
  return [...best.values()]
}

function imagesIn(file: string, bytes: Uint8Array, dpi: number | undefined): FingerImage[] {
  try {
    return fingerImages(bytes, { dpi })
  } catch (cause) {
    if (!(cause instanceof InvalidImage)) throw cause
    throw new TamgaError('unprocessable', `${file}: ${cause.message}`, { cause })
  }
}

function viewOf(found: FingerImage, bytes: Uint8Array, print: Print): ChipPrint {
  const { position, impression, image } = found
  if (position === 0 || position > FINGERS_MAX) {
    throw new TamgaError('unprocessable', `a chip carries single fingers, not position ${position}`)
  }
  const isPacked =
    formatOf(bytes) === 'wsq' && Math.abs((image.dpi ?? 0) - MATCHER_DPI) <= DPI_TOLERANCE
  const { width, height } = isPacked ? image : at500Dpi(image)
  return {
    position,
    quality: print.view.quality,
    impression,
    width,
    height,
    dpi: MATCHER_DPI,
    compression: 'wsq',
    image: isPacked ? bytes : writeWsq(at500Dpi(image)),
    template: templateOf(print),
  }
}
