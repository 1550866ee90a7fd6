/**
 * Real fingers as people to be enrolled and looked for.
 *
 * The fingers of a set are right and left index in turn, in the order of their numbers. With one
 * finger each finger is a person; with two, the first and second finger of a set are one, the third
 * and fourth the next, so that no two people share a finger. A person is enrolled with the first
 * impression of each finger and looked for with every other: impression i of all of them at once.
 */
import type { GalleryFinger } from '../../../matcher/gallery/gallery.ts'
import { INDEX_FINGERS } from '../../people/person.ts'
import type { Impression } from './protocol.ts'
import type { FvcSet } from './sets.ts'

export interface RealPerson {
  readonly id: string
  /** Fingers whose template could be made; with none the person is not enrolled. */
  readonly enrolled: readonly GalleryFinger[]
  /** Fingers of each search; with none the search cannot be made and finds nobody. */
  readonly searches: readonly (readonly GalleryFinger[])[]
}

export function realPeople(sets: readonly FvcSet[], size: 1 | 2): RealPerson[] {
  return sets.flatMap(({ name, impressions }) => {
    const numbers = [...new Set(impressions.map(({ finger }) => finger))].sort((a, b) => a - b)
    const people = Math.floor(numbers.length / size)
    return Array.from({ length: people }, (_, index) => {
      const own = numbers.slice(index * size, (index + 1) * size)
      const fingers = own.map((number, place) => ({
        position: INDEX_FINGERS[(index * size + place) % INDEX_FINGERS.length]!,
        impressions: impressions.filter(({ finger }) => finger === number),
      }))
      return personOf(`${name}/${own.join('+')}`, fingers)
    })
  })
}

interface RealFinger {
  readonly position: number
  readonly impressions: readonly Impression<Uint8Array>[]
}

function personOf(id: string, fingers: readonly RealFinger[]): RealPerson {
  const numbers = fingers.flatMap(({ impressions }) => impressions.map((one) => one.impression))
  const [first, ...others] = [...new Set(numbers)].sort((one, two) => one - two)
  const given = (wanted: number | undefined) =>
    fingers.flatMap(({ position, impressions }) => {
      const packed = impressions.find(({ impression }) => impression === wanted)?.record
      return packed === undefined ? [] : [{ position, packed }]
    })
  return { id, enrolled: given(first), searches: others.map(given) }
}
