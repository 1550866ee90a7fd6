import type { FingerView, Minutia } from '../template/template.ts'
import { evened } from './contrast.ts'
import { depths, strengths } from './foreground.ts'
import { CELL, MARGIN, frameOf, type Frame } from './frame.ts'
import { checkImage, type GreyImage } from './grey-image.ts'
import { orientationField, orientations } from './orientation.ts'
import { singularities, type Singularity } from './phase-singularity.ts'
import { PERIOD_STEPS, ridgeWaves } from './ridge-filter.ts'
import { USUAL_PERIOD, ridgePeriods } from './ridge-period.ts'

export const P: any = { dip: 8, depth: 4, along1: 4, env1: 0.4, along2: 5, env2: 0.45, two: true, max: 100 }
export const T: Record<string, number> = {}
let last = 0
function tick(name: string) {
  const now = performance.now()
  if (name) T[name] = (T[name] ?? 0) + now - last
  last = performance.now()
}
export const D: any = {}

export function extract(image: GreyImage): FingerView {
  checkImage(image)
  tick('')
  const frame = frameOf(image)
  const even = evened(image, frame)
  tick('contrast')
  const first = orientations(orientationField(even, frame), frame)
  tick('orient1')
  const usual = new Uint8Array(frame.across * frame.down).fill(USUAL_PERIOD * PERIOD_STEPS)
  let waves = ridgeWaves(even, frame, first, usual, P.along1, P.env1)
  tick('wave1')
  const periods = ridgePeriods(waves, frame, first)
  tick('period')
  const field = orientationField(waves.even, frame)
  const second = orientations(field, frame)
  tick('orient2')
  let rough = strengths(waves, frame)
  const deep = depths(rough, frame)
  tick('mask')
  for (let c = 0; c < periods.length; c += 1) if (deep[c] === 0) periods[c] = 0
  waves = ridgeWaves(even, frame, second, periods, P.along2, P.env2)
  tick('wave2')
  const strength = strengths(waves, frame, P.qr ?? 3)
  tick('str2')
  const all = singularities(waves, frame, second, deep, P.depth)
  tick('sing')
  const kept = withoutDipoles(all, P.dip)
  const minutiae = kept.map((s) => toMinutia(s, frame, strength, deep))
  tick('minutiae')
  Object.assign(D, { frame, even, first, second, waves, periods, deep, all, kept, strength, field })
  return {
    position: 0,
    view: 0,
    impression: 0,
    quality: 0,
    minutiae: minutiae.sort((a, b) => b.quality - a.quality).slice(0, P.max),
    width: image.width,
    height: image.height,
    resolutionX: 197,
    resolutionY: 197,
  }
}

function withoutDipoles(all: Singularity[], reach: number): Singularity[] {
  const pairs: { d: number; i: number; k: number }[] = []
  for (let i = 0; i < all.length; i += 1)
    for (let k = i + 1; k < all.length; k += 1) {
      const dx = all[i]!.x - all[k]!.x
      const dy = all[i]!.y - all[k]!.y
      const d = dx * dx + dy * dy
      const turn = Math.abs((((all[i]!.direction - all[k]!.direction + 512) & 1023) - 512))
      if (d <= reach * reach && turn > 256) pairs.push({ d, i, k })
    }
  pairs.sort((a, b) => a.d - b.d || a.i - b.i || a.k - b.k)
  const gone = new Set<number>()
  for (const { i, k } of pairs) {
    if (gone.has(i) || gone.has(k)) continue
    gone.add(i)
    gone.add(k)
  }
  return all.filter((_, i) => !gone.has(i))
}

function toMinutia(s: Singularity, frame: Frame, strength: Float32Array, _deep: Uint8Array): Minutia {
  const cell = Math.floor(s.y / CELL) * frame.across + Math.floor(s.x / CELL)
  const q = Math.max(1, Math.min(100, Math.round(strength[cell]! * 60)))
  return {
    x: Math.round(s.x - MARGIN),
    y: Math.round(s.y - MARGIN),
    angle: ((1024 - s.direction + 2) >> 2) & 255,
    type: 'other',
    quality: q,
  }
}
