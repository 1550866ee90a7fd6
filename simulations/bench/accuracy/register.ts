/**
 * Real people looked for in a crowd, through the gallery that a node searches.
 *
 * Candidates are what `Gallery.search` returns. Beside it, on the nearer part of the crowd, stands
 * the exhaustive precise matcher, on the same searches: how many people the gallery's own way of
 * searching loses is the difference of their first ranks.
 */
import { availableParallelism } from 'node:os'
import type { GalleryFinger, GalleryPerson } from '../../../matcher/gallery/gallery.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import { backgroundPeople } from './background.ts'
import { ExhaustiveMatcher } from './exhaustive-matcher.ts'
import { outcomeOf, type Outcome } from './identification-rates.ts'
import type { RealPerson } from './real-people.ts'

/** Candidates of one search: more than any rank that is reported. */
const CANDIDATES_MAX = 100

/** A score that says nothing makes nobody a candidate. */
const SCORE_MIN = 1

/** The crowd's part that is compared exhaustively as well, the rest of it, and the real people. */
const SHARDS = { near: 0, far: 1, real: 2 } as const

const NEAR_SHARDS = [SHARDS.near, SHARDS.real]

export interface RegisterOptions {
  /** Synthetic people. */
  readonly people: number
  /** How many of them are compared exhaustively too. */
  readonly precisePeople: number
}

export interface Identification {
  /** Everybody in the gallery, the real people included. */
  readonly people: number
  readonly outcomes: readonly Outcome[]
  /** The same searches among fewer people, the gallery's way and exhaustively. */
  readonly precisePeople: number
  readonly near: readonly Outcome[]
  readonly precise: readonly Outcome[]
}

/** Holds the crowd and the gallery's threads until it is closed. */
export class Register {
  readonly #gallery = new WorkerGallery({ workers: availableParallelism() })
  readonly #near: GalleryPerson[] = []
  readonly #matcher = new ExhaustiveMatcher(this.#near)

  /** With the crowd in it. */
  static async of({ people, precisePeople }: RegisterOptions): Promise<Register> {
    const register = new Register()
    let index = 0
    for await (const somebody of backgroundPeople(people)) {
      const isNear = index < precisePeople
      const person = { ...somebody, shard: isNear ? SHARDS.near : SHARDS.far }
      register.#gallery.add(person)
      if (isNear) register.#near.push(person)
      index += 1
    }
    return register
  }

  /** Enrols the people, runs their searches and takes them out again. */
  async identify(real: readonly RealPerson[]): Promise<Identification> {
    const enrolled = real
      .filter((person) => person.enrolled.length > 0)
      .map(({ id, enrolled: fingers }) => ({ id, shard: SHARDS.real, fingers }))
    for (const person of enrolled) this.#gallery.add(person)
    const outcomes: Outcome[] = []
    const near: Outcome[] = []
    const precise: Outcome[] = []
    for (const { id, searches } of real) {
      for (const fingers of searches) {
        const candidates = await this.#search(fingers, Object.values(SHARDS))
        const found = outcomeOf(id, candidates, await this.#alone(id, fingers))
        outcomes.push(found)
        const isNear = this.#gallery.count(SHARDS.far) === 0
        const nearby = isNear ? undefined : await this.#search(fingers, NEAR_SHARDS)
        near.push(nearby ? outcomeOf(id, nearby) : found)
        precise.push(outcomeOf(id, this.#matcher.search(fingers, enrolled, SCORE_MIN)))
      }
    }
    const people = this.#gallery.count()
    for (const { id } of enrolled) this.#gallery.remove(id)
    return { people, outcomes, precisePeople: this.#near.length + enrolled.length, near, precise }
  }

  async close(): Promise<void> {
    await this.#gallery.close()
  }

  /** The score of one person, whether a search would have come to it or not. */
  async #alone(only: string, fingers: readonly GalleryFinger[]): Promise<number | undefined> {
    if (fingers.length === 0) return undefined
    const request = { fingers, shards: [SHARDS.real], threshold: SCORE_MIN, limit: 1, only }
    return (await this.#gallery.search(request)).candidates[0]?.score
  }

  async #search(fingers: readonly GalleryFinger[], shards: readonly number[]) {
    if (fingers.length === 0) return []
    const request = { fingers, shards, threshold: SCORE_MIN, limit: CANDIDATES_MAX }
    return (await this.#gallery.search(request)).candidates
  }
}
