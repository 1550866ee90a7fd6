/**
 * Skin: the ridges of a synthetic finger, grown from its flow and its minutiae.
 *
 * The pattern is the cosine of a phase, solved for as a whole instead of being grown filter by
 * filter as R. Cappelli's SFinGe does ("SFinGe: an approach to synthetic fingerprint generation",
 * BT 2004): so its minutiae are those that were planted, and no others come about.
 *
 * Decided by the finger and the random stream. After the flow, whose angles are rounded, there are
 * only sums, products and quotients of IEEE 754 in a fixed order.
 */
import type { SeededRandom } from '../../world/seeded-random.ts'
import type { Finger, TrueMinutia } from '../finger.ts'
import { emptyFlow, type OrientationField } from '../orientation-field.ts'
import { SmoothMap } from '../smooth-map.ts'
import { BentField } from './bent-field.ts'
import { fitMinutiae, turnAt } from './fit-minutiae.ts'
import { HEIGHT, LEFT, TOP, WIDTH } from './grid.ts'
import { oddSquares, phaseSteps, plant, type NodeFlow } from './phase-steps.ts'
import { Ridges } from './ridges.ts'
import { solvePhase } from './solve-phase.ts'

export interface Skin {
  /** The same finger with the flow and the minutiae that its ridges have, and their types. */
  readonly finger: Finger
  readonly ridges: Ridges
}

/** Distance from ridge to ridge, pixels, and by how much fingers and places of one differ. */
const PERIOD = { mean: 9, deviation: 0.5, min: 7.8, uneven: 0.05, wave: { min: 140, max: 400 } }

/** How far the flow strays from its pattern, radians, and over how many pixels it comes back. */
const BEND = { deviation: 0.2, wave: { min: 130, max: 400 } }

/** Periods ahead of a minutia: there the ridge or the valley that begins with it is widest. */
const AHEAD = 0.5

export function growSkin(finger: Finger, random: SeededRandom): Skin {
  const period = Math.max(PERIOD.min, random.normal(PERIOD.mean, PERIOD.deviation))
  const field = new BentField(finger.field, new SmoothMap(random, BEND.wave), BEND.deviation)
  const flow = flowOf(field, period, new SmoothMap(random, PERIOD.wave))
  const steps = phaseSteps(flow, WIDTH)
  const odd = oddSquares(steps)
  const bent = finger.minutiae.map((one) => ({
    ...one,
    direction: one.direction + field.bend(one),
  }))
  const minutiae = fitMinutiae(bent, flow, steps)
  for (const minutia of minutiae) {
    const corner = Math.floor(minutia.y - TOP) * WIDTH + Math.floor(minutia.x - LEFT)
    plant(steps, corner, turnAt(minutia, flow, corner))
  }
  const ridges = new Ridges(solvePhase(steps, odd), period)
  const grown = { ...finger, field, minutiae: minutiae.map((one) => typed(one, ridges)) }
  ridges.openPores(random)
  ridges.crease(random)
  return { finger: grown, ridges }
}

function flowOf(field: OrientationField, period: number, uneven: SmoothMap): NodeFlow {
  const count = WIDTH * HEIGHT
  const flow = {
    cosine: new Float64Array(count),
    sine: new Float64Array(count),
    rate: new Float64Array(count),
  }
  const there = emptyFlow()
  for (let node = 0; node < count; node += 1) {
    const x = LEFT + (node % WIDTH)
    const y = TOP + Math.floor(node / WIDTH)
    field.read(x, y, there)
    flow.cosine[node] = there.cosine
    flow.sine[node] = there.sine
    flow.rate[node] = (2 * Math.PI) / (period * (1 + PERIOD.uneven * uneven.at(x, y)))
  }
  return flow
}

/** A ridge that ends, or a valley that does and lets one ridge part into two. */
function typed(minutia: TrueMinutia, ridges: Ridges): TrueMinutia {
  const ahead = AHEAD * ridges.period
  const height = ridges.at({
    x: minutia.x + ahead * Math.cos(minutia.direction),
    y: minutia.y + ahead * Math.sin(minutia.direction),
  })
  return { ...minutia, type: height > 0 ? 'ending' : 'bifurcation' }
}
