/**
 * Real people looked for in a crowd, through the gallery that a node searches.
 *
 * Candidates are what `Gallery.search` returns. Beside it, on the nearer part of the crowd, stands
 * the exhaustive precise matcher, on the same searches: how many people the gallery's own way of
 * searching loses is the difference of their first ranks.
 */
import { availableParallelism } from 'node:os'
import { utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import type { Gallery, GalleryFinger, GalleryPerson } from '../../../matcher/gallery/gallery.ts'
import { shortlistOf } from '../../../matcher/gallery/shortlist.ts'
import { MemoryGallery } from '../../../matcher/gallery/memory-gallery.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import { backgroundPeople } from './background.ts'
import { ExhaustiveMatcher } from './exhaustive-matcher.ts'
import { outcomeOf, type Outcome } from './identification-rates.ts'
import type { RealPerson } from './real-people.ts'

/** Candidates of one search: more than any rank that is reported. */
const CANDIDATES_MAX = 100

/** A score that says nothing makes nobody a candidate. */
const SCORE_MIN = 1

export interface RegisterOptions {
  /** Synthetic people. */
  readonly people: number
  /** How many of them are compared exhaustively too. */
  readonly precisePeople: number
  /** Over how many shards people are spread, as a network spreads them. */
  readonly shards: number
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
  readonly #shards: readonly number[]
  readonly #gallery = new WorkerGallery({ workers: availableParallelism() })
  /** The crowd's part that is compared exhaustively as well. */
  readonly #near: GalleryPerson[] = []
  readonly #nearGallery = new MemoryGallery()
  readonly #matcher = new ExhaustiveMatcher(this.#near)

  private constructor(shards: number) {
    this.#shards = Array.from({ length: shards }, (_, shard) => shard)
  }

  /** With the crowd in it. */
  static async of({ people, precisePeople, shards }: RegisterOptions): Promise<Register> {
    const register = new Register(shards)
    for await (const somebody of backgroundPeople(people)) {
      const person = register.#placed(somebody)
      register.#gallery.add(person)
      if (register.#near.length >= precisePeople) continue
      register.#near.push(person)
      register.#nearGallery.add(person)
    }
    return register
  }

  /** Enrols the people, runs their searches and takes them out again. */
  async identify(real: readonly RealPerson[]): Promise<Identification> {
    const enrolled = real
      .filter((person) => person.enrolled.length > 0)
      .map(({ id, enrolled: fingers }) => this.#placed({ id, fingers }))
    for (const gallery of this.#galleries) for (const person of enrolled) gallery.add(person)
    const outcomes: Outcome[] = []
    const near: Outcome[] = []
    const precise: Outcome[] = []
    for (const { id, searches } of real) {
      for (const fingers of searches) {
        const candidates = await this.#search(this.#gallery, fingers)
        const alone = await this.#alone(id, fingers)
        outcomes.push(outcomeOf(id, candidates, alone))
        near.push(outcomeOf(id, await this.#search(this.#nearGallery, fingers), alone))
        precise.push(outcomeOf(id, this.#matcher.search(fingers, enrolled, SCORE_MIN)))
      }
    }
    const people = this.#gallery.count()
    for (const gallery of this.#galleries) for (const { id } of enrolled) gallery.remove(id)
    return { people, outcomes, precisePeople: this.#near.length + enrolled.length, near, precise }
  }

  async close(): Promise<void> {
    await this.#gallery.close()
  }

  get #galleries(): readonly Gallery[] {
    return [this.#gallery, this.#nearGallery]
  }

  /** In a shard by chance, and always in the same. */
  #placed(person: Omit<GalleryPerson, 'shard'>): GalleryPerson {
    return { ...person, shard: sha256(utf8(person.id))[0]! % this.#shards.length }
  }

  /** The score of one person, whether a search would have come to it or not. */
  async #alone(only: string, fingers: readonly GalleryFinger[]): Promise<number | undefined> {
    if (fingers.length === 0) return undefined
    const shards = this.#shards
    const request = { fingers, shards, threshold: SCORE_MIN, limit: 1, only }
    return (await this.#gallery.search(request)).candidates[0]?.score
  }

  async #search(gallery: Gallery, fingers: readonly GalleryFinger[]) {
    if (fingers.length === 0) return []
    const shards = this.#shards
    const shortlist = shortlistOf(shards.length, fingers.length)
    const request = { fingers, shards, shortlist, threshold: SCORE_MIN, limit: CANDIDATES_MAX }
    return (await gallery.search(request)).candidates
  }
}
