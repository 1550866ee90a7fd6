/**
 * As many synthetic people as somebody asks for, each of them found by number.
 *
 * A person is decided by seed and number alone, and an impression by these and its own number:
 * nobody before has to be made first, and threads may share the work in any way.
 */
import { SeededRandom } from '../world/seeded-random.ts'
import { impression, type Impression } from './impression.ts'
import { INDEX_FINGERS, drawQuality, generatePerson, type Person } from './person.ts'
import { RECIPE, type Recipe } from './recipe.ts'
import { scan, type Scan } from './scan/scan.ts'
import { growSkin, type Skin } from './skin/skin.ts'

export interface PopulationOptions {
  readonly seed: string
  /** ISO finger positions that everybody gives. */
  readonly positions?: readonly number[]
  readonly recipe?: Recipe
}

export class SyntheticPopulation {
  readonly positions: readonly number[]
  readonly #root: SeededRandom
  readonly #recipe: Recipe
  /** Whoever was asked for last: who gives one impression mostly gives another. */
  #last: { readonly index: number; readonly person: Person } | undefined
  #lastSkins: { readonly index: number; readonly skins: readonly Skin[] } | undefined

  constructor({ seed, positions = INDEX_FINGERS, recipe = RECIPE }: PopulationOptions) {
    this.positions = positions
    this.#root = new SeededRandom(seed)
    this.#recipe = recipe
  }

  /** @throws RangeError where `index` is no whole number from 0 */
  personAt(index: number): Person {
    if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`no person ${index}`)
    if (this.#last?.index === index) return this.#last.person
    const random = this.#root.fork(`person ${index}`)
    const person = generatePerson(random, { positions: this.positions, recipe: this.#recipe })
    this.#last = { index, person }
    return person
  }

  /** One impression of each finger, in the order of `positions`. */
  enrolment(index: number): Impression[] {
    return this.#impressions(index, 'enrolment')
  }

  /** Other impressions of the same fingers, different for each `attempt`. */
  probe(index: number, attempt = 0): Impression[] {
    return this.#impressions(index, `probe ${attempt}`)
  }

  /** The skin of each finger, in the order of `positions`: what images are taken of. */
  skins(index: number): readonly Skin[] {
    if (this.#lastSkins?.index === index) return this.#lastSkins.skins
    const skins = this.personAt(index).fingers.map((finger) =>
      growSkin(finger, this.#root.fork(`person ${index}/skin ${finger.position}`)),
    )
    this.#lastSkins = { index, skins }
    return skins
  }

  /** Images of each finger, in the order of `positions`, different for each `attempt`. */
  scans(index: number, attempt = 0): Scan[] {
    const person = this.personAt(index)
    const random = this.#root.fork(`person ${index}/scan ${attempt}`)
    return this.skins(index).map((skin) => {
      const quality = drawQuality(person, random, this.#recipe)
      return scan(skin, random, { quality, recipe: this.#recipe })
    })
  }

  #impressions(index: number, label: string): Impression[] {
    const person = this.personAt(index)
    const random = this.#root.fork(`person ${index}/${label}`)
    return person.fingers.map((finger) => {
      const quality = drawQuality(person, random, this.#recipe)
      return impression(finger, random, { quality, recipe: this.#recipe })
    })
  }
}
