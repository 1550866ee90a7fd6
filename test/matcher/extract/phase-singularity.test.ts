import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { CELL, MARGIN, frameOf } from '../../../matcher/extract/frame.ts'
import { ORIENTATIONS } from '../../../matcher/extract/orientation.ts'
import { singularities, type Singularity } from '../../../matcher/extract/phase-singularity.ts'

const FRAME = frameOf({ width: 40, height: 40 })
const MIDDLE = MARGIN + 20

/** The answer of a filter at (x, y): even and odd. */
type Answer = (x: number, y: number) => readonly [even: number, odd: number]

const promises = suite('phase singularities')

promises('are where the phase gains or loses a turn, to a fraction of a pixel', () => {
  for (const [dx, dy] of [
    [0.5, 0.5],
    [0.2, 0.9],
    [0.7, 0.4],
  ] as const) {
    const gained = only(found((x, y) => [x - MIDDLE - dx, y - MIDDLE - dy]))
    near(gained, MIDDLE + dx, MIDDLE + dy)
    const lost = only(found((x, y) => [x - MIDDLE - dx, MIDDLE + dy - y]))
    near(lost, MIDDLE + dx, MIDDLE + dy)
    is((gained.direction + 512) % 1024, lost.direction)
  }
})

promises('are not where the phase jumps by half a turn, however near to it', () => {
  for (const odd of [1e-6, -1e-6, 0]) {
    equal(
      found((x) => [x < MIDDLE ? 1 : -1, odd]),
      [],
    )
  }
})

promises('are not where the normal turns to its other side', () => {
  equal(
    found(
      (x) => [Math.cos(x), x < MIDDLE ? Math.sin(x) : -Math.sin(x)],
      (x) => (x < MIDDLE ? 0 : ORIENTATIONS - 1),
    ),
    [],
  )
})

promises.run()

function found(answer: Answer, normal: (x: number) => number = () => 0): Singularity[] {
  const { stride, rows, across, down } = FRAME
  const even = new Float32Array(stride * rows)
  const odd = new Float32Array(stride * rows)
  const orientation = new Uint8Array((stride * rows) / 4)
  for (let at = 0; at < even.length; at += 1) {
    const [evenHere, oddHere] = answer(at % stride, Math.floor(at / stride))
    even[at] = evenHere
    odd[at] = oddHere
  }
  for (let patch = 0; patch < orientation.length; patch += 1) {
    orientation[patch] = normal((patch % (stride / 2)) * 2)
  }
  const rim = MARGIN / CELL
  const depths = new Uint8Array(across * down)
  for (let row = rim; row < down - rim; row += 1) {
    depths.fill(9, row * across + rim, (row + 1) * across - rim)
  }
  return singularities({ even, odd }, FRAME, orientation, { depths, depthMin: 3 })
}

function only(all: readonly Singularity[]): Singularity {
  is(all.length, 1)
  return all[0]!
}

function near({ x, y }: Singularity, expectedX: number, expectedY: number): void {
  ok(Math.abs(x - expectedX) < 1e-4 && Math.abs(y - expectedY) < 1e-4, `${x}, ${y}`)
}
