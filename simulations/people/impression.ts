/**
 * What a sensor and an extractor make of a synthetic finger: a window on it, moved, turned and
 * stretched, with minutiae missing, displaced and invented, the more so the poorer the place.
 *
 * Quality varies over an impression, and what an extractor is sure of crowds where it is good: that
 * is where a matcher that takes the best minutiae looks, on strangers' fingers as on one's own.
 */
import { pointOnPad, type Finger, type TrueMinutia } from './finger.ts'
import { emptyFlow, type Point } from './orientation-field.ts'
import { Placement } from './placement.ts'
import { RECIPE, type Recipe } from './recipe.ts'
import { SmoothMap } from './smooth-map.ts'
import { drawSmudges, type Smudge } from './smudges.ts'

import type { FingerView, Minutia, MinutiaType } from '../../matcher/template/template.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

export interface Impression extends FingerView {
  /** For each minutia the index of the finger's true one, or undefined for an invented one. */
  readonly origins: readonly (number | undefined)[]
}

export interface ImpressionOptions {
  /** 0 to 1. */
  readonly quality: number
  readonly recipe?: Recipe
}

/** The simulated sensor: 500 dpi, 20 mm by 25 mm. */
const IMAGE = { width: 400, height: 500, resolutionX: 197, resolutionY: 197 } as const

/** An ISO/IEC 19794-2:2005 view counts its minutiae in one byte. */
const MINUTIAE_MAX = 255

/** A direction's 256 steps a turn. */
const ANGLE_STEPS = 256

interface Found {
  readonly minutia: Minutia
  readonly origin: number | undefined
}

/** What is known of a minutia that has been seen. */
interface Sighting {
  /** As it lies on the sensor, radians, clockwise from +x. */
  readonly direction: number
  readonly type: MinutiaType
  /** Of the place, 0 to 1. */
  readonly quality: number
  /** How sure the extractor is of it, 0 to 1. */
  readonly sure: number
  readonly origin: number | undefined
}

const flow = emptyFlow()

/**
 * The impression of `finger` at a `quality` of 0 to 1; the same random stream, the same impression.
 */
export function impression(
  finger: Finger,
  random: SeededRandom,
  { quality, recipe = RECIPE }: ImpressionOptions,
): Impression {
  const found = new Extraction(finger, random, quality, recipe).run()
  shuffle(found, random)
  const kept = found.slice(0, MINUTIAE_MAX)
  return {
    position: finger.position,
    view: 0,
    impression: 0,
    quality: Math.round(1 + 99 * quality),
    ...IMAGE,
    minutiae: kept.map(({ minutia }) => minutia),
    origins: kept.map(({ origin }) => origin),
  }
}

/** One impression being read. */
class Extraction {
  readonly #finger: Finger
  readonly #random: SeededRandom
  readonly #quality: number
  readonly #recipe: Recipe
  readonly #placement: Placement
  /** How this impression's quality varies, beside the finger's own. */
  readonly #evenness: SmoothMap
  readonly #smudges: readonly Smudge[]
  readonly #found: Found[] = []

  constructor(finger: Finger, random: SeededRandom, quality: number, recipe: Recipe) {
    this.#finger = finger
    this.#random = random
    this.#quality = quality
    this.#recipe = recipe
    this.#placement = new Placement(random, { size: finger.size, quality }, recipe)
    this.#evenness = new SmoothMap(random, recipe.unevenness.wave)
    this.#smudges = drawSmudges(random, quality, recipe.extraction.smudges, recipe)
  }

  run(): Found[] {
    this.#finger.minutiae.forEach((minutia, index) => this.#look(minutia, index))
    const { best, worst } = this.#recipe.extraction.invented
    const share = best + worst * square(1 - this.#quality)
    const count = Math.round(share * this.#found.length)
    for (let made = 0; made < count; made += 1) this.#invent()
    return this.#found
  }

  #look(minutia: TrueMinutia, index: number): void {
    const { missed, missedInSmudge, mistyped } = this.#recipe.extraction
    const placed = this.#placement.place(minutia)
    const eccentricity = this.#placement.eccentricity(placed)
    if (eccentricity > 1) return
    const quality = this.#localQuality(minutia, eccentricity)
    const misses =
      (missed.best + missed.worst * square(1 - quality)) * (1.6 - 1.2 * minutia.clarity)
    const isSmudged = isWithinAny(this.#smudges, minutia)
    if (this.#random.chance(isSmudged ? missedInSmudge : misses)) return
    const isMistyped = this.#random.chance(mistyped)
    const type = isMistyped ? otherType(minutia.type, this.#random) : minutia.type
    const { confidence } = this.#recipe.extraction
    const sure = confidence.local * quality + confidence.clarity * minutia.clarity
    const direction = this.#placement.turn(minutia, minutia.direction)
    this.#add(placed, { direction, type, quality, sure, origin: index })
  }

  /** A minutia that is not there, along the flow, perhaps crowded in a smudge. */
  #invent(): void {
    const { crowded, confidence, inventedSpread } = this.#recipe.extraction
    const random = this.#random
    const isCrowded = this.#smudges.length > 0 && random.chance(crowded)
    const point = isCrowded
      ? pointIn(random.pick(this.#smudges), random)
      : pointOnPad(random, this.#recipe)
    this.#finger.field.read(point.x, point.y, flow)
    const sense = random.chance(0.5) ? Math.PI : 0
    const spread = inventedSpread.best + inventedSpread.worst * (1 - this.#quality)
    const along = random.normal(Math.atan2(flow.sine, flow.cosine) + sense, spread)
    const placed = this.#placement.place(point)
    const eccentricity = this.#placement.eccentricity(placed)
    if (eccentricity > 1) return
    const quality = this.#localQuality(point, eccentricity)
    const clarity = random.next()
    const sure = confidence.local * quality + confidence.clarity * clarity - confidence.doubt
    const type = random.chance(0.5) ? 'ending' : 'bifurcation'
    const direction = this.#placement.turn(point, along)
    this.#add(placed, { direction, type, quality, sure, origin: undefined })
  }

  /** 0 to 1. */
  #localQuality({ x, y }: Point, eccentricity: number): number {
    const { finger, impression: own, edge } = this.#recipe.unevenness
    const uneven = finger * this.#finger.evenness.at(x, y) + own * this.#evenness.at(x, y)
    return Math.min(1, Math.max(0, this.#quality + uneven - edge * square(square(eccentricity))))
  }

  /** Displaced a little; what falls outside the image is lost. */
  #add({ x, y }: Point, { direction, type, quality, sure, origin }: Sighting): void {
    const random = this.#random
    const { jitter, confidence } = this.#recipe.extraction
    const worse = 1 + jitter.worse * (1 - quality)
    const column = Math.round(random.normal(x, jitter.distance * worse) + IMAGE.width / 2)
    const row = Math.round(random.normal(y, jitter.distance * worse) + IMAGE.height / 2)
    const turned = random.normal(direction, jitter.turn * worse)
    const believed = Math.round(100 * random.normal(sure, confidence.deviation))
    if (column < 0 || column >= IMAGE.width || row < 0 || row >= IMAGE.height) return
    // ISO's directions grow counter-clockwise.
    const steps = Math.round((-turned / (2 * Math.PI)) * ANGLE_STEPS)
    const angle = steps & (ANGLE_STEPS - 1)
    const minutia = {
      x: column,
      y: row,
      angle,
      type,
      quality: Math.min(100, Math.max(1, believed)),
    }
    this.#found.push({ minutia, origin })
  }
}

function otherType(type: MinutiaType, random: SeededRandom): MinutiaType {
  if (random.chance(0.3)) return 'other'
  return type === 'ending' ? 'bifurcation' : 'ending'
}

function isWithinAny(circles: readonly Smudge[], { x, y }: Point): boolean {
  for (const circle of circles) {
    if (square(x - circle.x) + square(y - circle.y) <= square(circle.radius)) return true
  }
  return false
}

/** A power would take longer than all that it is part of. */
function square(value: number): number {
  return value * value
}

function pointIn({ x, y, radius }: Smudge, random: SeededRandom): Point {
  const distance = radius * Math.sqrt(random.next())
  const angle = 2 * Math.PI * random.next()
  return { x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) }
}

/** In place (R. Durstenfeld, CACM 7(7), 1964): the order must not tell true from invented. */
function shuffle(found: Found[], random: SeededRandom): void {
  for (let last = found.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1)
    const one = found[last]!
    found[last] = found[other]!
    found[other] = one
  }
}
