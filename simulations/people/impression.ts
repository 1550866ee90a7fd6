/**
 * What a sensor and an extractor make of a synthetic finger: a window on it, moved, turned and
 * stretched, with minutiae missing, displaced and invented.
 *
 * The measures follow what was measured on FVC 2002 and 2004 (aligned genuine pairs): 3.5 to 4.5 px
 * and 7 to 8° of residual per coordinate, 20 to 30 % of minutiae missing or spurious on either
 * side.
 */
import { PAD, pointOnPad, type Finger, type TrueMinutia } from './finger.ts'

import type { FingerView, Minutia, MinutiaType } from '../../matcher/template/template.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import type { Point } from './orientation-field.ts'

export interface Impression extends FingerView {
  /** For each minutia the index of the finger's true one, or undefined for an invented one. */
  readonly origins: readonly (number | undefined)[]
}

/** The simulated sensor: 500 dpi, 20 mm by 25 mm. */
const IMAGE = { width: 400, height: 500, resolutionX: 197, resolutionY: 197 } as const

/** An ISO/IEC 19794-2:2005 view counts its minutiae in one byte. */
const MINUTIAE_MAX = 255

/** A direction's 256 steps a turn. */
const ANGLE_STEPS = 256

/** Rotation of the finger on the sensor, radians: 9°. */
const ROTATION_DEVIATION = 0.157

/** Displacement by plastic distortion at 1/√2 of a pad's height from its middle, px. */
const WARP_DEVIATION_PX = 4

/** Length over which distortion turns a direction, px. */
const LEVER_PX = 5

interface Circle extends Point {
  readonly radius: number
}

interface Seen extends Point {
  readonly direction: number
}

type Placement = (seen: Seen) => Seen

/**
 * The impression of `finger` at a `quality` of 0 to 1; the same random stream, the same impression.
 */
export function impression(
  finger: Finger,
  random: SeededRandom,
  { quality }: { quality: number },
): Impression {
  const place = placement(random)
  const isInWindow = window(random)
  const smudges = drawSmudges(random, quality)
  const found: { minutia: Minutia; origin: number | undefined }[] = []
  const add = (seen: Seen, origin: number | undefined, type: MinutiaType, clarity: number) => {
    const placed = place(seen)
    if (!isInWindow(placed)) return
    const minutia = quantised(jittered(placed, random, quality), type, {
      quality: minutiaQuality(random, { quality, clarity, isTrue: origin !== undefined }),
    })
    if (minutia !== undefined) found.push({ minutia, origin })
  }
  for (const [index, minutia] of finger.minutiae.entries()) {
    const type = random.chance(0.15) ? otherType(minutia.type, random) : minutia.type
    if (isSeen(minutia, smudges, random, quality)) add(minutia, index, type, minutia.clarity)
  }
  for (const seen of invented(finger, smudges, random, { quality, count: found.length })) {
    add(seen, undefined, random.chance(0.5) ? 'ending' : 'bifurcation', random.next())
  }
  const kept = random.shuffled(found).slice(0, MINUTIAE_MAX)
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

/** Where the finger lies on the sensor, and how it is stretched there. */
function placement(random: SeededRandom): Placement {
  const rotation = random.normal(0, ROTATION_DEVIATION)
  // One finger in seven is put down askew, so that little of it is common to two impressions.
  const spread = random.chance(0.15) ? 2 : 1
  const shift = { x: random.normal(0, 18 * spread), y: random.normal(0, 28 * spread) }
  const warp = drawWarp(random)
  const cosine = Math.cos(rotation)
  const sine = Math.sin(rotation)
  return ({ x, y, direction }) => {
    const base = warp({ x, y })
    const tip = warp({
      x: x + LEVER_PX * Math.cos(direction),
      y: y + LEVER_PX * Math.sin(direction),
    })
    return {
      x: cosine * base.x - sine * base.y + shift.x,
      y: sine * base.x + cosine * base.y + shift.y,
      direction: Math.atan2(tip.y - base.y, tip.x - base.x) + rotation,
    }
  }
}

/** A smooth quadratic displacement. */
function drawWarp(random: SeededRandom): (point: Point) => Point {
  const coefficient = () => random.normal(0, WARP_DEVIATION_PX)
  const draw = () => Array.from({ length: 5 }, coefficient)
  const along = draw()
  const across = draw()
  return ({ x, y }) => {
    const p = x / PAD.x
    const q = y / PAD.x
    const terms = [p * p, p * q, q * q, p / 2, q / 2]
    const displacement = (weights: readonly number[]) =>
      terms.reduce((sum, term, index) => sum + term * (weights[index] ?? 0), 0)
    return { x: x + displacement(along), y: y + displacement(across) }
  }
}

/** The part of the sensor that the skin touches. */
function window(random: SeededRandom): (point: Point) => boolean {
  const halfX = random.between({ min: 95, max: 125 })
  const halfY = random.between({ min: 115, max: 160 })
  return ({ x, y }) => (x / halfX) ** 2 + (y / halfY) ** 2 <= 1
}

/** Spots where little is seen and much is imagined: more and larger ones the worse the quality. */
function drawSmudges(random: SeededRandom, quality: number): Circle[] {
  const count = Math.floor(random.next() * (1 + 4 * (1 - quality)))
  return Array.from({ length: count }, () => ({
    ...pointOnPad(random),
    radius: random.between({ min: 15, max: 25 + 35 * (1 - quality) }),
  }))
}

function isSeen(
  { clarity, ...point }: TrueMinutia,
  smudges: readonly Circle[],
  random: SeededRandom,
  quality: number,
): boolean {
  const missed = (0.13 + 0.5 * (1 - quality) ** 2) * (1.6 - 1.2 * clarity)
  return !random.chance(smudges.some((smudge) => isWithin(smudge, point)) ? 0.75 : missed)
}

/** Minutiae that are not there, along the flow, the half of them crowded in the smudges. */
function invented(
  finger: Finger,
  smudges: readonly Circle[],
  random: SeededRandom,
  { quality, count }: { quality: number; count: number },
): Seen[] {
  const share = 0.1 + 0.9 * (1 - quality) ** 2
  const spread = 0.06 + 0.15 * (1 - quality)
  return Array.from({ length: Math.round(share * count) }, () => {
    const isCrowded = smudges.length > 0 && random.chance(0.5)
    const point = isCrowded ? pointIn(random.pick(smudges), random) : pointOnPad(random)
    const flow = finger.field.at(point.x, point.y) + (random.chance(0.5) ? Math.PI : 0)
    return { ...point, direction: flow + random.normal(0, spread) }
  })
}

function jittered({ x, y, direction }: Seen, random: SeededRandom, quality: number): Seen {
  const worse = 1 + 0.6 * (1 - quality)
  return {
    x: random.normal(x, 1.6 * worse),
    y: random.normal(y, 1.6 * worse),
    direction: random.normal(direction, 0.105 * worse),
  }
}

/** In ISO units: y from the top, directions counter-clockwise. Undefined outside the image. */
function quantised(
  { x, y, direction }: Seen,
  type: MinutiaType,
  { quality }: { quality: number },
): Minutia | undefined {
  const column = Math.round(x + IMAGE.width / 2)
  const row = Math.round(y + IMAGE.height / 2)
  if (column < 0 || column >= IMAGE.width || row < 0 || row >= IMAGE.height) return undefined
  const steps = Math.round((-direction / (2 * Math.PI)) * ANGLE_STEPS)
  return { x: column, y: row, angle: steps & (ANGLE_STEPS - 1), type, quality }
}

/** What the extractor thinks of a minutia, 1 to 100: right more often than not. */
function minutiaQuality(
  random: SeededRandom,
  { quality, clarity, isTrue }: { quality: number; clarity: number; isTrue: boolean },
): number {
  const mean = (isTrue ? 25 : 12) + 35 * quality + (isTrue ? 30 : 15) * clarity
  return Math.min(100, Math.max(1, Math.round(random.normal(mean, 10))))
}

function otherType(type: MinutiaType, random: SeededRandom): MinutiaType {
  if (random.chance(0.3)) return 'other'
  return type === 'ending' ? 'bifurcation' : 'ending'
}

function isWithin({ x, y, radius }: Circle, point: Point): boolean {
  return (x - point.x) ** 2 + (y - point.y) ** 2 <= radius * radius
}

function pointIn({ x, y, radius }: Circle, random: SeededRandom): Point {
  const distance = radius * Math.sqrt(random.next())
  const angle = 2 * Math.PI * random.next()
  return { x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) }
}
