/**
 * Everybody compared with the precise score, one after another: what a search must not fall short
 * of, whatever it leaves out to be fast.
 */
import { fuse } from '../../../matcher/fusion.ts'
import type { GalleryFinger, GalleryPerson } from '../../../matcher/gallery/gallery.ts'
import { scorerOf } from './scoring.ts'

export interface PreciseCandidate {
  readonly id: string
  readonly score: number
}

/** Remembers what it compared: searches with more fingers of the same visit ask for it again. */
export class ExhaustiveMatcher {
  readonly #people: readonly GalleryPerson[]
  readonly #known = new WeakMap<Uint8Array, readonly (number | undefined)[]>()

  constructor(people: readonly GalleryPerson[]) {
    this.#people = people
  }

  /** All its people and `others` as well, in no order, with at least the score. */
  search(
    fingers: readonly GalleryFinger[],
    others: readonly GalleryPerson[],
    threshold: number,
  ): PreciseCandidate[] {
    const columns = fingers.map((finger) => [
      ...this.#scores(finger),
      ...scoresWith(finger, others),
    ])
    return [...this.#people, ...others]
      .map(({ id }, at) => {
        return { id, score: fuse(columns.map((column) => column[at])) }
      })
      .filter(({ score }) => score >= threshold)
  }

  #scores(finger: GalleryFinger): readonly (number | undefined)[] {
    const known = this.#known.get(finger.packed)
    if (known) return known
    const scores = scoresWith(finger, this.#people)
    this.#known.set(finger.packed, scores)
    return scores
  }
}

/** With the finger of the same position; undefined for people without one. */
function scoresWith(
  { position, packed }: GalleryFinger,
  people: readonly GalleryPerson[],
): (number | undefined)[] {
  const against = scorerOf(packed)
  return people.map(({ fingers }) => {
    const same = fingers.find((finger) => finger.position === position)
    return same && against(same.packed)
  })
}
