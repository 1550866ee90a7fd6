/**
 * How the ridges around a minutia run and how far they are apart: an extended data area of our own.
 *
 * It is there for matchers to come. Images are not kept, so what a template does not hold is lost;
 * today's score does not use it, as it gained nothing by it (docs/extraction.md).
 *
 * | bytes | what |
 * |---|---|
 * | 0 | `SAMPLES_VERSION` |
 * | 1 | how many minutiae follow: the first of the view |
 * | 2.. | of each, the ridge period: half pixels at 500 dpi, 0 for unknown |
 * | | then orientations at `SITES` sites: 128 steps to the half turn, counter-clockwise from the |
 * | | minutia's own direction; 255 where there is no print |
 */
import { InvalidTemplate, type ExtendedArea, type FingerView } from './template.ts'

/** What is around one minutia. */
export interface RidgeSample {
  /** Half pixels; 0 for unknown. */
  period: number
  /** By site, 0..127 or `NO_RIDGE`. */
  orientations: readonly number[]
}

/** Of the types that the standard leaves to vendors. */
export const RIDGE_SAMPLE_AREA = 0x0154

export const SAMPLES_VERSION = 1

/** Pixels at 500 dpi: beside the minutia, and where its neighbours are. */
export const RING_RADII = [28, 56] as const

/** From the minutia's direction on, counter-clockwise. */
export const SITES_ON_RING = 6
export const SITES = RING_RADII.length * SITES_ON_RING

export const NO_RIDGE = 255
const ORIENTATIONS = 128

/** As many as a record for search holds; with it the area has at most 626 bytes. */
export const SAMPLED_MAX = 48

const HEAD_BYTES = 2
const SAMPLE_BYTES = 1 + SITES

/**
 * The samples of the view's first minutiae, undefined where it has no such area.
 *
 * @throws InvalidTemplate `version`, `length` where the area is not as long as it says, or
 *   `field-range`: more samples than minutiae, or an orientation that is none
 */
export function ridgeSamples({ extensions = [], minutiae }: FingerView): RidgeSample[] | undefined {
  const area = extensions.find(({ type }) => type === RIDGE_SAMPLE_AREA)
  if (!area) return undefined
  const { data } = area
  const [version, count = 0] = data
  if (version !== SAMPLES_VERSION) {
    throw new InvalidTemplate('version', `ridge samples of version ${version}`)
  }
  if (data.length !== HEAD_BYTES + count * SAMPLE_BYTES) {
    throw new InvalidTemplate('length', `${count} ridge samples in ${data.length} bytes`)
  }
  if (count > Math.min(SAMPLED_MAX, minutiae.length)) {
    const message = `${count} ridge samples for ${minutiae.length} minutiae`
    throw new InvalidTemplate('field-range', message)
  }
  return Array.from({ length: count }, (_, index) => {
    const [period = 0, ...orientations] = data.subarray(
      HEAD_BYTES + index * SAMPLE_BYTES,
      HEAD_BYTES + (index + 1) * SAMPLE_BYTES,
    )
    for (const orientation of orientations) checkOrientation(orientation)
    return { period, orientations }
  })
}

/** @throws InvalidTemplate `field-range` */
export function ridgeSampleArea(samples: readonly RidgeSample[]): ExtendedArea {
  if (samples.length > SAMPLED_MAX) {
    throw new InvalidTemplate('field-range', `${samples.length} ridge samples, ${SAMPLED_MAX} fit`)
  }
  const data = new Uint8Array(HEAD_BYTES + samples.length * SAMPLE_BYTES)
  data.set([SAMPLES_VERSION, samples.length])
  for (const [index, { period, orientations }] of samples.entries()) {
    if (orientations.length !== SITES) {
      throw new InvalidTemplate('field-range', `${orientations.length} sites, not ${SITES}`)
    }
    for (const orientation of orientations) checkOrientation(orientation)
    data.set([Math.min(0xff, period), ...orientations], HEAD_BYTES + index * SAMPLE_BYTES)
  }
  return { type: RIDGE_SAMPLE_AREA, data }
}

function checkOrientation(orientation: number): void {
  if (orientation === NO_RIDGE || (orientation >= 0 && orientation < ORIENTATIONS)) return
  throw new InvalidTemplate('field-range', `orientation is ${orientation}, not below 128`)
}
