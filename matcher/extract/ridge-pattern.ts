/**
 * An image's ridges, drawn out: what minutiae, quality and pictures are made from.
 *
 * It takes three rounds over the same grey levels. The first filters at the usual period along the
 * orientation of the grey levels. Its answer tells where there is a print, how far its ridges are
 * apart, and, better than grey levels do, which way they run; with that the next round filters.
 */
import type { GreyImage } from '../image/image.ts'
import { STRENGTH_MIN, depths } from './foreground.ts'
import { CELL, frameOf, type Frame } from './frame.ts'
import { chooseLoops, type Loops } from './loops.ts'
import { DRAWN_SCALES, GREY_SCALES } from './orientation.ts'
import { PERIOD_STEPS, type Waves } from './ridge-filter.ts'
import { USUAL_PERIOD } from './ridge-period.ts'

/** A third finds more of a poor print than it costs; a fourth changes nothing. */
const ROUNDS = 3

export interface RidgePattern {
  readonly frame: Frame
  readonly waves: Waves
  /** By patch. */
  readonly orientation: Uint8Array
  /** By cell, in steps of half a pixel; 0 outside the print. */
  readonly periods: Uint8Array
  /** By cell: how strong the waves around it are. */
  readonly strength: Float32Array
  /** By cell: steps to the border of the print; 0 outside. */
  readonly depths: Uint8Array
}

export type Stage =
  | 'contrast'
  | 'orientation'
  | 'filter'
  | 'period'
  | 'foreground'
  | 'minutiae'
  | 'points'
  | 'quality'

/**
 * Of a checked image. `done` hears of each stage when it ends; most end once a round. It extracts
 * nothing itself: one thread's loops are busy with one image.
 */
export function ridgePattern(
  image: GreyImage,
  done: (stage: Stage) => void,
  loops: Loops = chooseLoops(),
): RidgePattern {
  const frame = frameOf(image)
  const grey = loops.evened(image, frame)
  done('contrast')
  let periods = usualPeriods(loops.energies(grey, frame))
  let inside = periods
  const field = loops.orientationField(grey, frame, { cells: periods, scales: GREY_SCALES })
  let orientation = loops.orientations(field, frame)
  done('orientation')
  for (let round = 1; ; round += 1) {
    const waves = loops.ridgeWaves(grey, frame, orientation, periods)
    done('filter')
    if (round === 1) inside = depths(loops.strengths(waves, frame), frame)
    const strength = round === ROUNDS ? loops.strengths(waves, frame) : undefined
    done('foreground')
    if (strength) {
      const kept = { even: waves.even.slice(), odd: waves.odd.slice() }
      return { frame, waves: kept, orientation, periods, strength, depths: inside }
    }
    periods = loops.ridgePeriods(waves, frame, orientation, inside)
    done('period')
    const scales = DRAWN_SCALES
    const drawn = loops.orientationField(waves.even, frame, { cells: periods, scales })
    orientation = loops.orientations(drawn, frame)
    done('orientation')
  }
}

/** 0 where the grey levels differ so little that no wave in them can be strong enough. */
function usualPeriods(energy: Float32Array): Uint8Array {
  const least = (CELL * CELL * STRENGTH_MIN * STRENGTH_MIN) / 2
  const periods = new Uint8Array(energy.length)
  for (let cell = 0; cell < periods.length; cell += 1) {
    if (energy[cell]! >= least) periods[cell] = USUAL_PERIOD * PERIOD_STEPS
  }
  return periods
}
