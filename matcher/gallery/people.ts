/** Who is in the gallery and where: the writer's side of the slabs. */
import { InvalidPacked, checkPacked } from '../packed.ts'
import { GalleryError, type GalleryPerson } from './gallery.ts'
import { Order, type Resident } from './order.ts'
import { ID_BYTES_MAX, NEVER, Slab } from './slab.ts'

/** Fingers of one person. */
export const FINGERS_MAX = 10

/** Highest ISO finger position. */
const POSITION_MAX = 10

/** Rows of a shard's first slab; each further one doubles, so that small shards stay small. */
const SLAB_ROWS_MIN = 64

/** Rows of a large slab: 8 MiB, little to lose when a shard's last one is hardly used. */
const SLAB_ROWS_MAX = 8_192

/** Of whom it is not said: ordered by id alone. */
const UNLISTED = { list: '', number: 0 }

/** Where a person is. */
export interface Place {
  readonly slab: Slab
  readonly row: number
  readonly fingers: number
}

interface Shard {
  people: number
  readonly order: Order
  readonly slabs: Slab[]
  /** Rows used in the last slab. */
  filled: number
  /** Erased places by their number of fingers. */
  readonly free: Map<number, Place[]>
}

/** What those who read slabs on other threads have to know. */
export interface SlabListener {
  onSlab(slab: Slab): void
  /** No search needs it any more. */
  onRetired(slab: Slab): void
}

const NOBODY: SlabListener = { onSlab: () => {}, onRetired: () => {} }

export interface PeopleOptions {
  /** Most fingers, of removed people too until no search sees them. */
  readonly fingersMax: number
}

/**
 * Owns the slabs; everything that writes to them goes through here, on one thread.
 *
 * Changes are numbered. A search takes the current number with `enter` and sees the state it stands
 * for until `leave`; rows of people removed since are erased when the last search that sees them
 * has left.
 */
export class People {
  readonly #fingersMax: number
  readonly #listener: SlabListener
  readonly #residents = new Map<string, Resident>()
  readonly #shards = new Map<number, Shard>()
  readonly #searches = new Map<number, number>()
  readonly #removed: { place: Place; number: number }[] = []
  /** Slabs that were let go of, and since when. */
  readonly #retired: { slab: Slab; number: number }[] = []
  /** Rows in use, or still seen by a search. */
  readonly #used = new Map<Slab, number>()
  #number = 0
  #slabs = 0
  #fingers = 0

  constructor({ fingersMax }: PeopleOptions, listener: SlabListener = NOBODY) {
    this.#fingersMax = fingersMax
    this.#listener = listener
  }

  /** @throws GalleryError `invalid-person` or `full`; then nothing has changed */
  add(person: GalleryPerson): void {
    const id = checkPerson(person)
    this.#eraseUnseen()
    if (this.#fingers + person.fingers.length > this.#fingersMax) {
      throw new GalleryError('full', `the gallery holds at most ${this.#fingersMax} fingers`)
    }
    const shard = this.#shard(person.shard)
    this.#put(this.#free(shard, person), person, id)
  }

  remove(id: string): boolean {
    const resident = this.#residents.get(id)
    if (!resident) return false
    this.#hide(resident, this.#nextNumber())
    this.#residents.delete(id)
    this.#eraseUnseen()
    return true
  }

  place(id: string): Place | undefined {
    return this.#residents.get(id)?.place
  }

  count(shard?: number): number {
    if (shard === undefined) return this.#residents.size
    return this.#shards.get(shard)?.people ?? 0
  }

  /** Everybody of a shard in the order of digests, as of now: see `Order.rows`. */
  order(shard: number): Uint32Array {
    return this.#shards.get(shard)?.order.rows ?? new Uint32Array()
  }

  /** Slabs of a shard with the rows that may be in use. */
  slabs(shard: number): { slab: Slab; rows: number }[] {
    const { slabs = [], filled = 0 } = this.#shards.get(shard) ?? {}
    return slabs.map((slab, index) => ({
      slab,
      rows: index === slabs.length - 1 ? filled : slab.handle.rows,
    }))
  }

  *allSlabs(): Generator<Slab> {
    for (const { slabs } of this.#shards.values()) yield* slabs
  }

  /** See `Gallery.compact`. */
  compact(people: number): number {
    this.#eraseUnseen()
    let moved = 0
    for (const shard of this.#shards.values()) {
      for (const slab of this.#sparse(shard)) moved += this.#vacate(shard, slab, people - moved)
    }
    this.#eraseUnseen()
    for (const shard of this.#shards.values()) this.#retireEmpty(shard)
    this.#eraseUnseen()
    return moved
  }

  /** The number of the state as it is now, held until `leave`. */
  enter(): number {
    this.#searches.set(this.#number, (this.#searches.get(this.#number) ?? 0) + 1)
    return this.#number
  }

  leave(number: number): void {
    const left = (this.#searches.get(number) ?? 0) - 1
    if (left > 0) this.#searches.set(number, left)
    else this.#searches.delete(number)
    this.#eraseUnseen()
  }

  #shard(shard: number): Shard {
    const found = this.#shards.get(shard)
    if (found) return found
    const created = { people: 0, order: new Order(), slabs: [], filled: 0, free: new Map() }
    this.#shards.set(shard, created)
    return created
  }

  #free(shard: Shard, person: GalleryPerson): Place {
    const fingers = person.fingers.length
    const erased = shard.free.get(fingers)?.pop()
    if (erased) return erased
    const last = shard.slabs.at(-1)
    if (last && shard.filled + fingers <= last.handle.rows) {
      shard.filled += fingers
      return { slab: last, row: shard.filled - fingers, fingers }
    }
    const rows = Math.min(SLAB_ROWS_MAX, 2 * (last?.handle.rows ?? SLAB_ROWS_MIN / 2))
    const slab = Slab.create({ slab: this.#slabs, shard: person.shard, rows })
    this.#slabs += 1
    shard.slabs.push(slab)
    shard.filled = fingers
    this.#listener.onSlab(slab)
    return { slab, row: 0, fingers }
  }

  #put(place: Place, person: GalleryPerson, bytes: Uint8Array): void {
    const { id, shard, fingers, listed = UNLISTED } = person
    const number = this.#nextNumber()
    place.slab.write(place.row, bytes, fingers, number)
    const previous = this.#residents.get(id)
    if (previous) this.#hide(previous, number)
    const resident = { id, shard, listed, place }
    this.#residents.set(id, resident)
    this.#shard(shard).order.add(resident)
    this.#used.set(place.slab, (this.#used.get(place.slab) ?? 0) + place.fingers)
    this.#fingers += place.fingers
    this.#shard(shard).people += 1
  }

  /** Slabs less than half full, the emptiest first; not the one that is being filled. */
  #sparse({ slabs }: Shard): Slab[] {
    const used = (slab: Slab): number => this.#used.get(slab) ?? 0
    const sparse = slabs.slice(0, -1).filter((slab) => used(slab) < slab.handle.rows / 2)
    return sparse.sort((one, two) => used(one) - used(two))
  }

  /** Moves people out of a slab while there are gaps for them in fuller ones. */
  #vacate(shard: Shard, slab: Slab, limit: number): number {
    let moved = 0
    for (let row = 0; row < slab.handle.rows && moved < limit;) {
      const fingers = slab.fingersAt(row, this.#number)
      if (fingers > 0) {
        const place = this.#gap(shard, slab, fingers)
        if (!place) return moved
        const bytes = slab.idAt(row)
        const id = new TextDecoder().decode(bytes)
        const { listed } = this.#residents.get(id)!
        const person = { id, shard: slab.handle.shard, listed, fingers: slab.fingersOf(row) }
        this.#put(place, person, bytes)
        moved += 1
      }
      row += Math.max(1, fingers)
    }
    return moved
  }

  #gap(shard: Shard, from: Slab, fingers: number): Place | undefined {
    const places = shard.free.get(fingers) ?? []
    const used = this.#used.get(from) ?? 0
    const at = places.findLastIndex(({ slab }) => {
      return slab !== from && (this.#used.get(slab) ?? 0) >= used
    })
    return at < 0 ? undefined : places.splice(at, 1)[0]
  }

  #retireEmpty(shard: Shard): void {
    const empty = shard.slabs.slice(0, -1).filter((slab) => (this.#used.get(slab) ?? 0) === 0)
    for (const slab of empty) {
      shard.slabs.splice(shard.slabs.indexOf(slab), 1)
      this.#used.delete(slab)
      for (const [fingers, places] of shard.free) {
        shard.free.set(
          fingers,
          places.filter((place) => place.slab !== slab),
        )
      }
      this.#retired.push({ slab, number: this.#nextNumber() })
    }
  }

  #hide(resident: Resident, number: number): void {
    const { place } = resident
    place.slab.hide(place.row, number)
    this.#removed.push({ place, number })
    const shard = this.#shard(resident.shard)
    shard.people -= 1
    shard.order.remove(resident)
  }

  /** What was removed first is erased first, so only the front of the list is looked at. */
  #eraseUnseen(): void {
    const oldest = Math.min(NEVER, ...this.#searches.keys())
    const seen = this.#removed.findIndex(({ number }) => number > oldest)
    for (const { place } of this.#removed.splice(0, seen < 0 ? this.#removed.length : seen)) {
      place.slab.erase(place.row, place.fingers)
      this.#fingers -= place.fingers
      this.#used.set(place.slab, this.#used.get(place.slab)! - place.fingers)
      const { free } = this.#shard(place.slab.handle.shard)
      const places = free.get(place.fingers)
      if (places) places.push(place)
      else free.set(place.fingers, [place])
    }
    const needed = this.#retired.findIndex(({ number }) => number > oldest)
    for (const { slab } of this.#retired.splice(0, needed < 0 ? this.#retired.length : needed)) {
      this.#listener.onRetired(slab)
    }
  }

  #nextNumber(): number {
    if (this.#number + 1 >= NEVER) throw new GalleryError('full', 'no more changes can be numbered')
    this.#number += 1
    return this.#number
  }
}

/** @returns the id's bytes */
function checkPerson({ id, shard, fingers, listed }: GalleryPerson): Uint8Array {
  const bytes = new TextEncoder().encode(id)
  if (bytes.length === 0 || bytes.length > ID_BYTES_MAX || bytes.includes(0)) {
    throw invalidPerson(`an id has 1 to ${ID_BYTES_MAX} bytes and no zero among them`)
  }
  if (!Number.isSafeInteger(shard) || shard < 0) throw invalidPerson(`there is no shard ${shard}`)
  if (listed && !Number.isSafeInteger(listed.number)) {
    throw invalidPerson(`nobody is number ${listed.number} of a list`)
  }
  if (fingers.length === 0 || fingers.length > FINGERS_MAX) {
    throw invalidPerson(`a person has 1 to ${FINGERS_MAX} fingers, this one ${fingers.length}`)
  }
  for (const { position, packed } of fingers) {
    if (!isPosition(position)) throw invalidPerson(`there is no finger position ${position}`)
    try {
      checkPacked(packed)
    } catch (error) {
      if (!(error instanceof InvalidPacked)) throw error
      throw invalidPerson(error.message, { cause: error })
    }
  }
  return bytes
}

export function isPosition(position: number): boolean {
  return Number.isInteger(position) && position >= 0 && position <= POSITION_MAX
}

function invalidPerson(message: string, options?: ErrorOptions): GalleryError {
  return new GalleryError('invalid-person', message, options)
}
