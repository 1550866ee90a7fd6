/** From the bytes of an image, or of a record of several, to the prints in it. */
import type { FingerImage } from '../image/finger-image.ts'
import { readFingers } from '../image/read-fingers.ts'
import type { ReadOptions } from '../image/read.ts'
import { at500Dpi } from '../image/resample.ts'
import { POSITION_MAX } from '../template/fields.ts'
import { writeIso19794v2005 } from '../template/iso-19794-2.ts'
import { extract, type Extracted } from './extract.ts'
import { cutSlap, fingersOfSlap } from './slap.ts'

export interface Print extends Extracted {
  /** ISO finger position, 0 for unknown; 13 to 15 for a slap whose fingers do not stand apart. */
  readonly position: number
  /** Position of the slap that it was cut from; absent for an image of its own. */
  readonly slap?: number
}

export interface PrintsOptions extends ReadOptions {
  /**
   * Which finger or slap a bare image is of, 0 for an unknown one; of a record, which one of it is
   * wanted. Absent, all of a record are, and a bare image is of an unknown finger.
   */
  readonly position?: number | undefined
}

/** Of four bits in a template; what has no code there counts as 0, live-scan plain. */
const IMPRESSION_MAX = 15

/**
 * In the order of the record, a slap's fingers from left to right; none where it has no such finger
 * as is wanted. Position and impression of a view are the record's too, where a template has a code
 * for them. Trusts nothing: bytes may come from a stranger.
 *
 * @throws InvalidImage where one of them cannot be read, or nobody says how many dpi it has
 */
export function printsOf(
  bytes: Uint8Array,
  { position, ...options }: PrintsOptions = {},
): readonly Print[] {
  const images = readFingers(bytes, options)
  if (position === undefined) return images.flatMap(printsOfImage)
  const [only] = images
  if (only && images.length === 1 && isWhatIsSaid(only, position)) {
    return printsOfImage({ ...only, position })
  }
  return images
    .filter((one) => one.position === position || showsFinger(one, position))
    .flatMap(printsOfImage)
    .filter((print) => print.position === position || print.slap === position)
}

/** The print as a record of its own, ISO/IEC 19794-2:2005: what is compared, and nothing else. */
export function templateOf({ view }: Print): Uint8Array {
  return writeIso19794v2005({ views: [{ ...view, extensions: [] }] })
}

/** Whether it can be of the finger that is said: a record's own word goes over that. */
function isWhatIsSaid({ position }: FingerImage, said: number): boolean {
  return position === 0 || (said === 0 && position <= POSITION_MAX)
}

function showsFinger({ position }: FingerImage, finger: number): boolean {
  return fingersOfSlap(position).includes(finger)
}

function printsOfImage({ position, impression, image }: FingerImage): Print[] {
  const whole = at500Dpi(image)
  const fingers = cutSlap(whole, position)
  if (!fingers) return [printOf(extract(whole), position, impression)]
  return fingers.map((finger) => {
    return { ...printOf(extract(finger.image), finger.position, impression), slap: position }
  })
}

function printOf(extracted: Extracted, position: number, impression: number): Print {
  return {
    ...extracted,
    position,
    view: {
      ...extracted.view,
      position: position <= POSITION_MAX ? position : 0,
      impression: impression <= IMPRESSION_MAX ? impression : 0,
    },
  }
}
