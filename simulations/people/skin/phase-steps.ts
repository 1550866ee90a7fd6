/**
 * By how much the phase of a finger's ridges grows from one place to the next.
 *
 * A ridge pattern is the cosine of a phase that gains a turn from ridge to ridge, along the normal
 * of the flow. A flow has no sign: each node takes one of its two normals, counts the phase along
 * it, and a step between two nodes says whether theirs agree. Around a core or a delta the signs do
 * not fit all the way round, nor should they: the cosine does not notice.
 *
 * On the way around a minutia the phase gains or loses a turn. That turn is put on the steps across
 * a line from the minutia to the left edge, where whole turns do not show.
 *
 * Source: K. Larkin, P. Fletcher, "A coherent framework for fingerprint analysis: are fingerprints
 * holograms?", Optics Express 15(14), 2007.
 */

/** A grid of nodes, row by row, and the steps from each to its right and its lower neighbour. */
export interface PhaseSteps {
  readonly width: number
  readonly height: number
  /** Radians, along the normal of the node they start from. The last of a row leads nowhere. */
  readonly right: Float64Array
  readonly down: Float64Array
  /** 1 where the normals at both ends agree, else -1. */
  readonly rightSign: Int8Array
  readonly downSign: Int8Array
}

/** By node: a unit vector along the ridge, and the phase's growth across it in radians a node. */
export interface NodeFlow {
  readonly cosine: Float64Array
  readonly sine: Float64Array
  readonly rate: Float64Array
}

/** Far below what shows in a picture, far above the last bit of any library's cosine. */
const STEPS_A_RADIAN = 2 ** 20

export function phaseSteps(flow: NodeFlow, width: number): PhaseSteps {
  const { cosine, sine, rate } = flow
  const count = cosine.length
  const steps = {
    width,
    height: count / width,
    right: new Float64Array(count),
    down: new Float64Array(count),
    rightSign: new Int8Array(count).fill(1),
    downSign: new Int8Array(count).fill(1),
  }
  for (let at = 0; at < count; at += 1) {
    if (at % width < width - 1) {
      const sign = agreement(flow, at, at + 1)
      steps.rightSign[at] = sign
      steps.right[at] = rounded(-(rate[at]! * sine[at]! + sign * rate[at + 1]! * sine[at + 1]!) / 2)
    }
    if (at < count - width) {
      const below = at + width
      const sign = agreement(flow, at, below)
      steps.downSign[at] = sign
      steps.down[at] = rounded((rate[at]! * cosine[at]! + sign * rate[below]! * cosine[below]!) / 2)
    }
  }
  return steps
}

/** 1 where the vectors of two nodes point to the same side, else -1. */
function agreement({ cosine, sine }: NodeFlow, one: number, other: number): 1 | -1 {
  return cosine[one]! * cosine[other]! + sine[one]! * sine[other]! < 0 ? -1 : 1
}

/** The same grid and signs, and no growth. */
export function level(steps: PhaseSteps): PhaseSteps {
  const count = steps.right.length
  return { ...steps, right: new Float64Array(count), down: new Float64Array(count) }
}

/**
 * Lets the phase gain `turns` around the square whose upper left node is `corner`, seen along that
 * node's normal: the steps need not any more.
 */
export function plant({ width, down, rightSign }: PhaseSteps, corner: number, turns: number): void {
  let gained = 2 * Math.PI * turns
  for (let at = corner; ; at -= 1) {
    down[at]! += gained
    if (at % width === 0) return
    gained *= rightSign[at - 1]!
  }
}

/** Turns that the steps around a square still gain, along its upper left normal; 0 if it is odd. */
export function gain(steps: PhaseSteps, corner: number): number {
  if (isOdd(steps, corner)) return 0
  const { width, right, down, rightSign, downSign } = steps
  const clockwise = right[corner]! + rightSign[corner]! * down[corner + 1]!
  const back = down[corner]! + downSign[corner]! * right[corner + width]!
  return (clockwise - back) / (2 * Math.PI)
}

/** Upper left nodes of the squares around which signs do not fit: there are cores and deltas. */
export function oddSquares(steps: PhaseSteps): number[] {
  const { width, height } = steps
  const odd: number[] = []
  for (let at = 0; at < width * (height - 1); at += 1) {
    if (at % width < width - 1 && isOdd(steps, at)) odd.push(at)
  }
  return odd
}

/** The same steps between every second node. Both sides have an even number of steps. */
export function coarser(steps: PhaseSteps): PhaseSteps {
  const width = (steps.width + 1) / 2
  const height = (steps.height + 1) / 2
  const count = width * height
  const coarse = {
    width,
    height,
    right: new Float64Array(count),
    down: new Float64Array(count),
    rightSign: new Int8Array(count).fill(1),
    downSign: new Int8Array(count).fill(1),
  }
  for (let at = 0; at < count; at += 1) {
    const from = 2 * Math.floor(at / width) * steps.width + 2 * (at % width)
    if (at % width < width - 1) {
      const sign = steps.rightSign[from]!
      coarse.rightSign[at] = sign * steps.rightSign[from + 1]!
      coarse.right[at] = steps.right[from]! + sign * steps.right[from + 1]!
    }
    if (at < count - width) {
      const below = from + steps.width
      const sign = steps.downSign[from]!
      coarse.downSign[at] = sign * steps.downSign[below]!
      coarse.down[at] = steps.down[from]! + sign * steps.down[below]!
    }
  }
  return coarse
}

function isOdd({ width, rightSign, downSign }: PhaseSteps, at: number): boolean {
  return rightSign[at]! * downSign[at + 1]! !== downSign[at]! * rightSign[at + width]!
}

function rounded(radians: number): number {
  return Math.round(radians * STEPS_A_RADIAN) / STEPS_A_RADIAN
}
