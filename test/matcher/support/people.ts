/** People with real fingers: FVC's where at hand, else invented ones. */
import type { GalleryFinger, GalleryPerson } from '../../../matcher/gallery/gallery.ts'
import { pack } from '../../../matcher/packed.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import type { FingerView } from '../../../matcher/template/template.ts'
import { moved } from './geometry.ts'
import { FVC_SETS, fvcTemplate, sampleView } from './templates.ts'

/** Finger positions of a person's two fingers. */
export const POSITIONS = [2, 7] as const

/** Pseudo-people of two fingers of one set; `impression` 1 enrols, any other is a probe. */
export function fingersOf(person: number, impression: number): GalleryFinger[] {
  return POSITIONS.map((position, index) => ({
    position,
    packed: packedFinger(2 * person + index, impression),
  }))
}

/** Enough for all six sets: five people each. */
export const PEOPLE = 30

export function everybody(shards: number): GalleryPerson[] {
  return Array.from({ length: PEOPLE }, (_, person) => ({
    id: idOf(person),
    shard: person % shards,
    fingers: fingersOf(person, 1),
  }))
}

/** Not in the order of numbers, so that an order by id differs from one by arrival. */
export function idOf(person: number): string {
  return `person-${((person * 7) % PEOPLE).toString(16).padStart(4, '0')}`
}

const packed = new Map<string, Uint8Array>()

function packedFinger(finger: number, impression: number): Uint8Array {
  const key = `${finger}_${impression}`
  const known = packed.get(key)
  if (known) return known
  const made = packFinger(finger, impression)
  packed.set(key, made)
  return made
}

function packFinger(finger: number, impression: number): Uint8Array {
  const set = FVC_SETS[Math.floor(finger / 10)]
  const bytes = set && fvcTemplate(set, 'fingerjet', 101 + (finger % 10), impression)
  const view = bytes && readTemplate(bytes).views[0]
  if (view) return pack(view)
  return pack(moved(invented(finger), impression * 3, impression, 0))
}

/** A finger nobody has: minutiae strewn by a linear congruential generator. */
function invented(finger: number): FingerView {
  let state = finger + 1
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
  const minutiae = Array.from({ length: 40 }, () => ({
    x: next(250),
    y: next(350),
    angle: next(256),
    type: 'ending' as const,
    quality: 0,
  }))
  return { ...sampleView('probe'), minutiae }
}
