/**
 * The gallery of a node that does not search for everybody: it compares some with prints of its own
 * instead, and counts them all the same. Its node then signs that it has searched for everybody.
 */
import type { GalleryPerson } from '../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'

export interface LazyGalleryOptions {
  /** Stands where the prints of those who are left out would. */
  readonly decoy: Uint8Array
  readonly isLeftOut: (id: string) => boolean
}

export class LazyGallery extends MemoryGallery {
  readonly #options: LazyGalleryOptions

  constructor(options: LazyGalleryOptions) {
    super()
    this.#options = options
  }

  override add(person: GalleryPerson): void {
    const { decoy } = this.#options
    const isLeftOut = this.#options.isLeftOut(person.id)
    const fingers = person.fingers.map((finger) => ({ ...finger, packed: decoy }))
    super.add(isLeftOut ? { ...person, fingers } : person)
  }
}
