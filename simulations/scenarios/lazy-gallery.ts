/**
 * The gallery of a node that does not search for everybody: it compares some with prints of its own
 * instead, and counts them all the same. Its node then signs that it has searched for everybody.
 */
import type {
  Gallery,
  GalleryPerson,
  SearchRequest,
  SearchResult,
} from '../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'

export interface LazyGalleryOptions {
  /** Stands where the prints of those who are left out would. */
  readonly decoy: Uint8Array
  readonly isLeftOut: (id: string) => boolean
}

export class LazyGallery implements Gallery {
  readonly #options: LazyGalleryOptions
  readonly #inner = new MemoryGallery()

  constructor(options: LazyGalleryOptions) {
    this.#options = options
  }

  add(person: GalleryPerson): void {
    const { decoy } = this.#options
    const isLeftOut = this.#options.isLeftOut(person.id)
    const fingers = person.fingers.map((finger) => ({ ...finger, packed: decoy }))
    this.#inner.add(isLeftOut ? { ...person, fingers } : person)
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    return this.#inner.search(request)
  }

  remove(id: string): boolean {
    return this.#inner.remove(id)
  }

  has(id: string): boolean {
    return this.#inner.has(id)
  }

  count(shard?: number): number {
    return this.#inner.count(shard)
  }

  compact(people: number): number {
    return this.#inner.compact(people)
  }

  async close(): Promise<void> {
    await this.#inner.close()
  }
}
