/** The elements of a sequence one after the other, as its definition lists them. */
import { nameOf, readElement, readElements, type Element } from './element.ts'
import { InvalidAsn1 } from './invalid-asn1.ts'

export class ElementReader {
  readonly #what: string
  readonly #elements: readonly Element[]
  #place = 0

  private constructor(what: string, elements: readonly Element[]) {
    this.#what = what
    this.#elements = elements
  }

  /**
   * Into what `element` holds; `what` names it in errors.
   *
   * @throws InvalidAsn1 `tag` where it is another one
   */
  static into(element: Element, tag: number, what: string): ElementReader {
    if (element.tag === tag) return new ElementReader(what, readElements(element.value))
    throw new InvalidAsn1('tag', `${what}: ${nameOf(element.tag)} where ${nameOf(tag)} should be`)
  }

  /** Into the one element that `bytes` are. */
  static of(bytes: Uint8Array, tag: number, what: string): ElementReader {
    return ElementReader.into(readElement(bytes), tag, what)
  }

  get left(): number {
    return this.#elements.length - this.#place
  }

  /** The next one, which must be of that tag if there is one. */
  next(tag?: number): Element {
    const element = this.#elements[this.#place]
    if (element === undefined) throw new InvalidAsn1('truncated', `${this.#what} ends too early`)
    if (tag !== undefined && element.tag !== tag) {
      const found = `${nameOf(element.tag)} where ${nameOf(tag)} should be`
      throw new InvalidAsn1('tag', `${this.#what}: ${found}`)
    }
    this.#place += 1
    return element
  }

  /** The next one where it is of that tag. */
  optional(...tags: readonly number[]): Element | undefined {
    const element = this.#elements[this.#place]
    if (element === undefined || !tags.includes(element.tag)) return undefined
    this.#place += 1
    return element
  }

  /** All that are left. */
  rest(): Element[] {
    const rest = this.#elements.slice(this.#place)
    this.#place = this.#elements.length
    return rest
  }

  /** @throws InvalidAsn1 `trailing` where something is left */
  end(): void {
    if (this.left === 0) return
    throw new InvalidAsn1('trailing', `${this.#what}: ${this.left} elements too many`)
  }
}
