/**
 * Minutiae that a ridge pattern can have: as many ridges begin on the way as there is room for.
 *
 * Drawn one by one, minutiae obey the flow on average only, and where they do not ridges would lie
 * twice as close, or half. Real skin keeps their distance. So some of them are turned round, and
 * where ridges still would be far apart or close another one begins or ends.
 */
import type { TrueMinutia } from '../finger.ts'
import { Strain } from './strain.ts'
import { coarser, type NodeFlow, type PhaseSteps } from './phase-steps.ts'
import { LEFT, TOP, WIDTH, isOnSkin } from './grid.ts'

/** Halvings of the grid on which strain is looked at, and pixels along one of its squares. */
const HALVINGS = 3
const SQUARE = 2 ** HALVINGS

/**
 * Strain from which a minutia is turned round, and from which one is added. A turn strains its own
 * place by about 0.7, so that turning a minutia round pays from 1.4, and adding one from 0.4. Skin
 * leaves more to chance: the more is put right, the more alike strangers become.
 */
const TURNED_FROM = 1.8
const ADDED_FROM = 1.4

/** Pixels to the nearest minutia, at least, of one that is added. */
const DISTANCE_MIN = 11

const CHANGES_MAX = 200
const ROUNDS_FIRST = 150
const ROUNDS = 25

interface Placed {
  minutia: TrueMinutia
  readonly square: number
  /** 1 or -1, along the normal of its square. */
  turn: number
}

/** The given ones in their order, some turned round, and the added ones; `steps` without any. */
export function fitMinutiae(
  minutiae: readonly TrueMinutia[],
  flow: NodeFlow,
  steps: PhaseSteps,
): TrueMinutia[] {
  let coarse = steps
  for (let halving = 0; halving < HALVINGS; halving += 1) coarse = coarser(coarse)
  const strain = new Strain(coarse)
  const placed = minutiae.map((minutia) => place(minutia, flow, strain))
  for (const { square, turn } of placed) strain.add(square, turn)
  strain.settle(ROUNDS_FIRST)
  for (let change = 0; change < CHANGES_MAX; change += 1) {
    if (!turnRound(placed, strain) && !addOne(placed, strain, flow)) break
    strain.settle(ROUNDS)
  }
  return placed.map(({ minutia }) => minutia)
}

function place(minutia: TrueMinutia, flow: NodeFlow, strain: Strain): Placed {
  const column = Math.floor((minutia.x - LEFT) / SQUARE)
  const row = Math.floor((minutia.y - TOP) / SQUARE)
  const square = row * strain.width + column
  return { minutia, square, turn: turnAt(minutia, flow, row * SQUARE * WIDTH + column * SQUARE) }
}

/** Of a phase around a minutia, along the normal of a node nearby: 1 or -1. */
export function turnAt({ direction }: TrueMinutia, flow: NodeFlow, node: number): 1 | -1 {
  const along = flow.cosine[node]! * Math.cos(direction) + flow.sine[node]! * Math.sin(direction)
  return along < 0 ? -1 : 1
}

function turnRound(placed: readonly Placed[], strain: Strain): boolean {
  let worst: Placed | undefined
  let most = TURNED_FROM
  for (const one of placed) {
    const strained = one.turn * strain.at(one.square)
    if (strained <= most) continue
    most = strained
    worst = one
  }
  if (!worst) return false
  strain.add(worst.square, -2 * worst.turn)
  worst.turn = -worst.turn
  worst.minutia = { ...worst.minutia, direction: worst.minutia.direction + Math.PI }
  return true
}

function addOne(placed: Placed[], strain: Strain, flow: NodeFlow): boolean {
  let best = -1
  let most = ADDED_FROM
  for (let square = 0; square < strain.width * strain.height; square += 1) {
    const strained = Math.abs(strain.at(square))
    if (strained <= most || !isFree(middleOf(square, strain), placed)) continue
    most = strained
    best = square
  }
  if (best < 0) return false
  const turn = strain.at(best) > 0 ? -1 : 1
  const { x, y } = middleOf(best, strain)
  const node = (y - TOP) * WIDTH + x - LEFT
  const corner = node - (SQUARE / 2) * (WIDTH + 1)
  const along = Math.atan2(flow.sine[node]!, flow.cosine[node]!)
  const minutia = { x, y, direction: along, type: 'ending' as const, clarity: 0.5 }
  if (turnAt(minutia, flow, corner) !== turn) minutia.direction += Math.PI
  placed.push({ minutia, square: best, turn })
  strain.add(best, turn)
  return true
}

/** On the skin, and away from every other minutia. */
function isFree(point: { x: number; y: number }, placed: readonly Placed[]): boolean {
  if (!isOnSkin(point)) return false
  return placed.every(({ minutia }) => {
    const dx = minutia.x - point.x
    const dy = minutia.y - point.y
    return dx * dx + dy * dy >= DISTANCE_MIN * DISTANCE_MIN
  })
}

function middleOf(square: number, { width }: Strain): { x: number; y: number } {
  return {
    x: LEFT + (square % width) * SQUARE + SQUARE / 2,
    y: TOP + Math.floor(square / width) * SQUARE + SQUARE / 2,
  }
}
