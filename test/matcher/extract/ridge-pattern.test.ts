import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { CELL, MARGIN } from '../../../matcher/extract/frame.ts'
import { ORIENTATIONS } from '../../../matcher/extract/orientation.ts'
import { PERIOD_STEPS } from '../../../matcher/extract/ridge-filter.ts'
import {
  ridgePattern,
  type RidgePattern,
  type Stage,
} from '../../../matcher/extract/ridge-pattern.ts'
import { PLAIN, drawn, type Drawing } from '../support/drawn-print.ts'

const promises = suite('a ridge pattern')

promises('runs as the ridges do', () => {
  for (let turn = 0; turn < 128; turn += 13) {
    const { frame, orientation } = patternOf({ ...PLAIN, turn, noise: 30 })
    const patches = frame.stride / 2
    const middle = orientation[(frame.rows / 4) * patches + Math.floor(patches / 2)]!
    // The normal, downwards positive, of ridges turned counter-clockwise.
    const expected = (ORIENTATIONS / 2 - turn) & (ORIENTATIONS - 1)
    const off = Math.abs(middle - expected)
    ok(Math.min(off, ORIENTATIONS - off) <= 2, `${middle} for ${expected}`)
  }
})

promises('knows how far ridges are apart', () => {
  for (const period of [6, 7.5, 9, 11, 13]) {
    for (const turn of [0, 19, 50]) {
      const pattern = patternOf({ ...PLAIN, period, turn, noise: 30 })
      const middle = pattern.periods[middleOf(pattern)]! / PERIOD_STEPS
      ok(Math.abs(middle - period) <= 0.5, `${middle} for ${period}`)
    }
  }
})

promises('covers the print and little else', () => {
  const radius = 100
  const { frame, depths } = patternOf({ ...PLAIN, radius, noise: 3 })
  for (const [cell, depth] of depths.entries()) {
    const x = ((cell % frame.across) + 0.5) * CELL - MARGIN - PLAIN.width / 2
    const y = (Math.floor(cell / frame.across) + 0.5) * CELL - MARGIN - PLAIN.height / 2
    const distance = Math.hypot(x, y)
    if (distance < radius - 6) ok(depth > 0, `${x}, ${y} is inside`)
    if (distance > radius + 20) ok(depth === 0, `${x}, ${y} is outside`)
  }
})

promises('leaves out a smudge apart from the finger', () => {
  const finger = drawn({ ...PLAIN, radius: 90 })
  const everywhere = drawn(PLAIN)
  for (let row = 10; row < 46; row += 1) {
    const at = row * PLAIN.width + 10
    finger.pixels.set(everywhere.pixels.subarray(at, at + 36), at)
  }
  const { frame, depths } = ridgePattern(finger, unheard)
  const smudge = Math.floor((MARGIN + 28) / CELL)
  ok(depths[smudge * frame.across + smudge] === 0)
})

promises('is strong whatever the contrast', () => {
  const faint = drawn(PLAIN)
  for (const [at, level] of faint.pixels.entries()) {
    faint.pixels[at] = 150 + Math.round((level - 128) / 4)
  }
  const strong = ridgePattern(drawn(PLAIN), unheard)
  const weak = ridgePattern(faint, unheard)
  const ratio = weak.strength[middleOf(weak)]! / strong.strength[middleOf(strong)]!
  ok(ratio > 0.75 && ratio <= 1, `${ratio}`)
})

promises('says when each of its stages ends', () => {
  const heard: Stage[] = []
  ridgePattern(drawn(PLAIN), (stage) => heard.push(stage))
  ok(heard[0] === 'contrast' && heard.at(-1) === 'foreground')
  for (const stage of ['orientation', 'filter', 'period'] as const) ok(heard.includes(stage))
})

promises.run()

function patternOf(drawing: Drawing): RidgePattern {
  return ridgePattern(drawn(drawing), unheard)
}

function middleOf({ frame }: RidgePattern): number {
  return Math.floor(frame.down / 2) * frame.across + Math.floor(frame.across / 2)
}

function unheard(): void {
  // Nobody measures here.
}
