/** From the bytes of an image, or of a record of several, to the prints in it. */
import { readFingers } from '../image/read-fingers.ts'
import type { ReadOptions } from '../image/read.ts'
import { at500Dpi } from '../image/resample.ts'
import { POSITION_MAX } from '../template/fields.ts'
import { writeIso19794v2005 } from '../template/iso-19794-2.ts'
import { extract, type Extracted } from './extract.ts'

export interface Print extends Extracted {
  /** What the record says, as `FingerImage` has it: 0 is unknown, 13 to 15 are slaps. */
  readonly position: number
}

/** Of four bits in a template; what has no code there counts as 0, live-scan plain. */
const IMPRESSION_MAX = 15

/**
 * In the order of the record. Position and impression of a view are the record's too, where a
 * template has a code for them. Trusts nothing: bytes may come from a stranger.
 *
 * @throws InvalidImage where one of them cannot be read, or nobody says how many dpi it has
 */
export function printsOf(bytes: Uint8Array, options: ReadOptions = {}): Print[] {
  return readFingers(bytes, options).map(({ position, impression, image }) => {
    const extracted = extract(at500Dpi(image))
    const { view } = extracted
    return {
      ...extracted,
      position,
      view: {
        ...view,
        position: position <= POSITION_MAX ? position : 0,
        impression: impression <= IMPRESSION_MAX ? impression : 0,
      },
    }
  })
}

/** The print as a record of its own, ISO/IEC 19794-2:2005. */
export function templateOf({ view }: Print): Uint8Array {
  return writeIso19794v2005({ views: [view] })
}
