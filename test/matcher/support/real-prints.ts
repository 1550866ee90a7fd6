/** FVC's images, where they are at hand. */
import { readFileSync } from 'node:fs'
import type { GreyImage } from '../../../matcher/image/image.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { outsideData } from '../../support/data.ts'
import type { FVC_SETS } from './templates.ts'

/** At 500 dpi; undefined where the data is not at hand. */
export function fvcImage(
  set: (typeof FVC_SETS)[number],
  finger: number,
  impression: number,
): GreyImage | undefined {
  const file = outsideData('fingerprints', set, `${finger}_${impression}.png`)
  return file === undefined ? undefined : at500Dpi(readImage(readFileSync(file)))
}
