import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { patternClass, type PatternClass } from '../../../matcher/extract/pattern-class.ts'
import { ridgePattern } from '../../../matcher/extract/ridge-pattern.ts'
import { singularPoints, type SingularPoint } from '../../../matcher/extract/singular-points.ts'
import { angleBetween } from '../../../matcher/integer.ts'
import { CORES_APART, drawnFlow, type Figure } from '../support/drawn-flow.ts'
import { noisy } from '../support/drawn-print.ts'
import { fvcImage } from '../support/real-prints.ts'

/** Pixels, a little over a ridge; and byte angle. */
const NEAR = 12
const ALIKE = 8

const MIDDLE = 180
const DOWN = 192

const promises = suite('singular points')

promises('are a loop’s core, where its ridges turn, and the way they run out', () => {
  for (const turn of [0, 23, 128, 201]) {
    const [core, ...others] = pointsOf('loop', turn)
    equal(others, [])
    isAt(core, { kind: 'core', x: MIDDLE, y: MIDDLE, angle: (DOWN + turn) & 0xff })
  }
})

promises('are both cores of a whorl, each open towards the other', () => {
  const [upper, lower, ...others] = pointsOf('whorl')
  equal(others, [])
  isAt(upper, { kind: 'core', x: MIDDLE, y: MIDDLE - CORES_APART / 2, angle: DOWN })
  isAt(lower, { kind: 'core', x: MIDDLE, y: MIDDLE + CORES_APART / 2, angle: DOWN - 128 })
})

promises('are a delta, and one of its three ways', () => {
  for (const turn of [0, 40]) {
    const [delta, ...others] = pointsOf('delta', turn)
    equal(others, [])
    ok(delta)
    is(delta.kind, 'delta')
    ok(Math.hypot(delta.x - MIDDLE, delta.y - MIDDLE) <= NEAR)
    // Ridges leave it between the three normals: upwards, and a third of a turn to either side.
    const ways = [64, 64 + 85, 64 - 85].map((way) => angleBetween(delta.angle, way + turn))
    ok(ways.some((off) => Math.abs(off) <= ALIKE))
  }
})

promises('are none on an arch, on noise and on nothing', () => {
  equal(pointsOf('arch'), [])
  equal(singularPoints(ridgePattern(noisy(300, 300, 3), () => undefined)), [])
})

promises('tell the class, however the finger lies', () => {
  for (const turn of [0, 30, 128, 240]) {
    is(classOf('arch', turn), 'arch')
    is(classOf('left-loop', turn), 'left-loop')
    is(classOf('right-loop', turn), 'right-loop')
    is(classOf('whorl', turn), 'whorl')
  }
})

promises('leave the class open where a straight loop shows no delta, or a print no core', () => {
  is(classOf('loop'), 'unknown')
  is(classOf('delta'), 'unknown')
  const pattern = ridgePattern(noisy(300, 300, 3), () => undefined)
  is(patternClass([], pattern), 'unknown')
})

promises('of most impressions of a real finger tell one class', () => {
  if (fvcImage('fvc2002/DB1_B', 101, 1) === undefined) return
  const classes: [finger: number, PatternClass][] = [
    [102, 'left-loop'],
    [107, 'right-loop'],
    [108, 'whorl'],
  ]
  for (const [finger, expected] of classes) {
    const told = [1, 2, 3, 4, 5, 6, 7, 8].map((impression) => {
      const pattern = ridgePattern(fvcImage('fvc2002/DB1_B', finger, impression)!, () => undefined)
      return patternClass(singularPoints(pattern), pattern)
    })
    ok(told.filter((name) => name === expected).length >= 7, `${finger}: ${told.join(' ')}`)
    ok(told.every((name) => name === expected || name === 'unknown'))
  }
})

promises.run()

function pointsOf(figure: Figure, turn = 0): SingularPoint[] {
  return singularPoints(ridgePattern(drawnFlow(figure, turn), () => undefined))
}

function classOf(figure: Figure, turn = 0): PatternClass {
  const pattern = ridgePattern(drawnFlow(figure, turn), () => undefined)
  return patternClass(singularPoints(pattern), pattern)
}

function isAt(point: SingularPoint | undefined, there: SingularPoint): void {
  const said = JSON.stringify(point)
  is(point?.kind, there.kind, said)
  ok(Math.hypot(point!.x - there.x, point!.y - there.y) <= NEAR, said)
  ok(Math.abs(angleBetween(point!.angle, there.angle)) <= ALIKE, said)
}
