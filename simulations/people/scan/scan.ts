/**
 * What a sensor makes of a synthetic finger: an image of it, and where in the image its minutiae
 * are.
 *
 * The skin is stretched, turned and moved as it is for a template. It touches where it is high
 * enough for how hard it is pressed there; dirt, dryness and noise are heights added to it. Effects
 * in this order as by R. Cappelli, "SFinGe" (BT 2004), by means of our own.
 */
import type { GreyImage } from '../../../matcher/image/image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'
import type { MinutiaType } from '../../../matcher/template/template.ts'
import type { SeededRandom } from '../../world/seeded-random.ts'
import type { Point } from '../orientation-field.ts'
import { Placement } from '../placement.ts'
import { RECIPE, type Recipe } from '../recipe.ts'
import { isOnSkin } from '../skin/grid.ts'
import type { Skin } from '../skin/skin.ts'
import { SmoothMap } from '../smooth-map.ts'
import { drawSmudges, type Smudge } from '../smudges.ts'
import { grainsOf } from './grains.ts'
import { SCAN_RECIPE, type ScanRecipe } from './scan-recipe.ts'

export interface Scan {
  readonly image: GreyImage
  /** Those of the finger that touch the sensor. */
  readonly minutiae: readonly ScannedMinutia[]
}

/** A minutia as a view has it, and with fractions. */
export interface ScannedMinutia extends Point {
  /** 256 to the turn, counter-clockwise from +x. */
  readonly angle: number
  readonly type: MinutiaType
  /** Its index among the finger's. */
  readonly origin: number
  /** From the middle (0) to the edge (1) of what touches. */
  readonly eccentricity: number
}

export interface ScanOptions {
  /** 0 to 1. */
  readonly quality: number
  readonly recipe?: Recipe
  readonly scanRecipe?: ScanRecipe
}

/** The scan of `skin` at a `quality` of 0 to 1; the same random stream, the same scan. */
export function scan(skin: Skin, random: SeededRandom, options: ScanOptions): Scan {
  const pressed = new Pressed(skin, random, options)
  return { image: pressed.image(), minutiae: pressed.minutiae() }
}

/** One finger on one sensor. */
class Pressed {
  readonly #skin: Skin
  readonly #quality: number
  readonly #recipe: Recipe
  readonly #scan: ScanRecipe
  readonly #random: SeededRandom
  readonly #placement: Placement
  /** How this impression's quality varies, beside the finger's own. */
  readonly #evenness: SmoothMap
  readonly #smudges: readonly Smudge[]
  readonly #touch: number
  readonly #pressure: SmoothMap
  readonly #rim: SmoothMap

  constructor(skin: Skin, random: SeededRandom, options: ScanOptions) {
    const { quality, recipe = RECIPE, scanRecipe = SCAN_RECIPE } = options
    const { pressure } = scanRecipe
    this.#skin = skin
    this.#quality = quality
    this.#recipe = recipe
    this.#scan = scanRecipe
    this.#random = random
    this.#placement = new Placement(random, { size: skin.finger.size, quality }, recipe)
    this.#evenness = new SmoothMap(random, recipe.unevenness.wave)
    this.#smudges = drawSmudges(random, quality, scanRecipe.smudges, recipe)
    const { deviation, most } = pressure.touch
    this.#touch = Math.max(-most, Math.min(most, random.normal(0, deviation)))
    this.#pressure = new SmoothMap(random, pressure.wave)
    this.#rim = new SmoothMap(random, pressure.rim.wave)
  }

  minutiae(): ScannedMinutia[] {
    const { width, height } = this.#scan
    return this.#skin.finger.minutiae.flatMap((minutia, origin) => {
      const placed = this.#placement.place(minutia)
      const eccentricity = this.#placement.eccentricity(placed)
      const x = placed.x + width / 2
      const y = placed.y + height / 2
      if (eccentricity > 1 || x < 0 || y < 0 || x >= width || y >= height) return []
      const turned = this.#placement.turn(minutia, minutia.direction)
      const angle = Math.round((-128 * turned) / Math.PI) & 0xff
      return [{ x, y, angle, type: minutia.type, origin, eccentricity }]
    })
  }

  image(): GreyImage {
    const { width, height, grey } = this.#scan
    const random = this.#random
    const paper = random.between(grey.paper)
    const ink = random.between(grey.ink)
    const light = new SmoothMap(random, grey.wave)
    const noise = random.between(grey.noise)
    const grain = grainsOf(random, { width, height, radius: 1 })
    const flakes = grainsOf(random, { width, height, radius: 2 })
    const sensor = grainsOf(random, { width, height, radius: 0 })
    const pixels = new Uint8Array(width * height)
    for (let at = 0; at < pixels.length; at += 1) {
      const x = (at % width) - width / 2
      const y = Math.floor(at / width) - height / 2
      const inked = this.#inked({ x, y }, { grain: grain[at]!, flake: flakes[at]! })
      const level = paper - (paper - ink) * inked + grey.uneven * light.at(x, y)
      pixels[at] = Math.max(0, Math.min(255, Math.round(level + noise * sensor[at]!)))
    }
    return { width, height, pixels, dpi: MATCHER_DPI }
  }

  /** How much of a pixel is touched, 0 to 1. */
  #inked(placed: Point, { grain, flake }: { grain: number; flake: number }): number {
    const { pressure, roughness, smudges } = this.#scan
    const { rim } = pressure
    const eccentricity =
      this.#placement.eccentricity(placed) + rim.uneven * this.#rim.at(placed.x, placed.y)
    if (eccentricity >= 1) return 0
    const point = this.#placement.lift(placed)
    if (!isOnSkin(point)) return 0
    const doubt = 1 - this.#localQuality(point, eccentricity)
    const touch = this.#touch + pressure.uneven * this.#pressure.at(point.x, point.y)
    const worse = doubt * doubt
    let height = this.#skin.ridges.at(point)
    height *= smudgeLeft(this.#smudges, point, smudges.left)
    height += (roughness.grain.best + roughness.grain.worse * worse) * grain
    height += (roughness.flake.best + roughness.flake.worse * worse) * flake
    const share = ramp(0.5 + (height - touch) / (2 * pressure.softness))
    return share * ramp((1 - eccentricity) / rim.fade)
  }

  /** 0 to 1. */
  #localQuality({ x, y }: Point, eccentricity: number): number {
    const { finger, impression: own, edge } = this.#recipe.unevenness
    const uneven = finger * this.#skin.finger.evenness.at(x, y) + own * this.#evenness.at(x, y)
    const rim = eccentricity * eccentricity
    return Math.min(1, Math.max(0, this.#quality + uneven - edge * rim * rim))
  }
}

/** What smudges leave of a height: `left` in the middle of one, all at its rim. */
function smudgeLeft(smudges: readonly Smudge[], { x, y }: Point, left: number): number {
  let share = 1
  for (const smudge of smudges) {
    const dx = (x - smudge.x) / smudge.radius
    const dy = (y - smudge.y) / smudge.radius
    const squared = dx * dx + dy * dy
    if (squared < 1) share *= left + (1 - left) * squared
  }
  return share
}

/** From 0 to 1, smoothly. */
function ramp(share: number): number {
  const held = Math.max(0, Math.min(1, share))
  return held * held * (3 - 2 * held)
}
