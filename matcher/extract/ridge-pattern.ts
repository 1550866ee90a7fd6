/**
 * An image's ridges, drawn out: what minutiae, quality and pictures are made from.
 *
 * It takes three rounds over the same grey levels. The first filters at the usual period along the
 * orientation of the grey levels. Its answer tells where there is a print, how far its ridges are
 * apart, and, better than grey levels do, which way they run; with that the next round filters.
 */
import type { GreyImage } from '../image/image.ts'
import { evened } from './contrast.ts'
import { STRENGTH_MIN, STRENGTH_RADIUS, depths, strengths } from './foreground.ts'
import { CELL, blurCells, frameOf, type Frame } from './frame.ts'
import { DRAWN_SCALES, GREY_SCALES, orientationField, orientations } from './orientation.ts'
import { PERIOD_STEPS, ridgeWaves, type Waves } from './ridge-filter.ts'
import { USUAL_PERIOD, ridgePeriods } from './ridge-period.ts'

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
  | 'quality'

/** Of a checked image. `done` hears of each stage when it ends; most end once a round. */
export function ridgePattern(image: GreyImage, done: (stage: Stage) => void): RidgePattern {
  const frame = frameOf(image)
  const grey = evened(image, frame)
  done('contrast')
  let periods = usualPeriods(grey, frame)
  let inside = periods
  const field = orientationField(grey, frame, { cells: periods, scales: GREY_SCALES })
  let orientation = orientations(field, frame)
  done('orientation')
  for (let round = 1; ; round += 1) {
    const waves = ridgeWaves(grey, frame, orientation, periods)
    done('filter')
    if (round === 1) inside = depths(strengths(waves, frame), frame)
    const strength = round === ROUNDS ? strengths(waves, frame) : undefined
    done('foreground')
    if (strength) return { frame, waves, orientation, periods, strength, depths: inside }
    periods = ridgePeriods(waves, frame, orientation, inside)
    done('period')
    const drawn = orientationField(waves.even, frame, { cells: periods, scales: DRAWN_SCALES })
    orientation = orientations(drawn, frame)
    done('orientation')
  }
}

/** 0 where the grey levels differ so little that no wave in them can be strong enough. */
function usualPeriods(grey: Float32Array, frame: Frame): Uint8Array {
  const energy = energies(grey, frame)
  const least = (CELL * CELL * STRENGTH_MIN * STRENGTH_MIN) / 2
  const periods = new Uint8Array(energy.length)
  for (let cell = 0; cell < periods.length; cell += 1) {
    if (energy[cell]! >= least) periods[cell] = USUAL_PERIOD * PERIOD_STEPS
  }
  return periods
}

function energies(plane: Float32Array, frame: Frame): Float32Array {
  const { stride, rows, across, down } = frame
  const energy = new Float32Array(across * down)
  for (let y = 0; y < rows; y += 1) {
    const cells = Math.floor(y / CELL) * across
    for (let column = 0; column < across; column += 1) {
      const at = y * stride + column * CELL
      let sum = 0
      for (let x = at; x < at + CELL; x += 1) sum += plane[x]! * plane[x]!
      energy[cells + column]! += sum
    }
  }
  blurCells(energy, frame, STRENGTH_RADIUS)
  return energy
}
