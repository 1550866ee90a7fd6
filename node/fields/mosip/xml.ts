/**
 * The part of XML 1.0 that a CBEFF file needs: elements and text. Attributes are passed over and
 * prefixes of names dropped. A document type is refused, and so there are no entities but the five
 * that XML has itself.
 */
import { MosipFailure } from './failure.ts'
import { DEPTH_MAX, ELEMENTS_MAX } from './limits.ts'

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string
  readonly children: readonly XmlElement[]
  /** All text directly in it. */
  readonly text: string
}

interface Open {
  readonly tag: string
  readonly children: XmlElement[]
  readonly texts: string[]
}

const ATTRIBUTE = String.raw`\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*')`
const TAG = new RegExp(String.raw`<(/?)([A-Za-z_][\w.:-]*)((?:${ATTRIBUTE})*)\s*(/?)>`, 'y')

/** What is passed over, or taken as it is. */
const SECTIONS = [
  { begin: '<!--', end: '-->', isText: false },
  { begin: '<?', end: '?>', isText: false },
  { begin: '<![CDATA[', end: ']]>', isText: true },
] as const

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&apos;': "'",
  '&quot;': '"',
}

/** The document's one element. @throws MosipFailure `invalid-cbeff` */
export function readXml(text: string): XmlElement {
  return new XmlReader(text.startsWith('\uFEFF') ? text.slice(1) : text).read()
}

/** The first child of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name)
}

class XmlReader {
  readonly #text: string
  readonly #root: Open = { tag: '', children: [], texts: [] }
  readonly #open: Open[] = [this.#root]
  #at = 0
  #elements = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): XmlElement {
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === '<') this.#readMarkup()
      else this.#readText()
    }
    const { children, texts } = this.#root
    const [only] = children
    if (this.#open.length > 1) throw refusal('an element without its end')
    if (!only || children.length > 1) throw refusal('not one element')
    if (texts.some((one) => one.trim() !== '')) throw refusal('text beside the element')
    return only
  }

  #readText(): void {
    const next = this.#text.indexOf('<', this.#at)
    const end = next < 0 ? this.#text.length : next
    this.#open.at(-1)!.texts.push(unescaped(this.#text.slice(this.#at, end)))
    this.#at = end
  }

  #readMarkup(): void {
    for (const { begin, end, isText } of SECTIONS) {
      if (!this.#text.startsWith(begin, this.#at)) continue
      const from = this.#at + begin.length
      const to = this.#text.indexOf(end, from)
      if (to < 0) throw refusal(`${begin} without its end`)
      if (isText) this.#open.at(-1)!.texts.push(this.#text.slice(from, to))
      this.#at = to + end.length
      return
    }
    TAG.lastIndex = this.#at
    const [whole, slash, tag, attributes, isEmpty] = TAG.exec(this.#text) ?? []
    if (whole === undefined || tag === undefined) throw refusal('a tag that is none')
    this.#at += whole.length
    if (slash !== '') {
      if (attributes !== '' || isEmpty !== '') throw refusal('an end with something in it')
      this.#close(tag)
      return
    }
    this.#begin(tag)
    if (isEmpty !== '') this.#close(tag)
  }

  #begin(tag: string): void {
    this.#elements += 1
    if (this.#elements > ELEMENTS_MAX) throw refusal(`more than ${ELEMENTS_MAX} elements`)
    if (this.#open.length > DEPTH_MAX) throw refusal(`deeper than ${DEPTH_MAX}`)
    this.#open.push({ tag, children: [], texts: [] })
  }

  #close(tag: string): void {
    const closed = this.#open.pop()!
    const parent = this.#open.at(-1)
    if (closed.tag !== tag || !parent) throw refusal('an end that nothing begins')
    const name = tag.slice(tag.indexOf(':') + 1)
    parent.children.push({ name, children: closed.children, text: closed.texts.join('') })
  }
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&[^;&]{0,8};?/g, (entity) => {
    const found = ENTITIES[entity]
    if (found === undefined) throw refusal('an entity that there is none of')
    return found
  })
}

function refusal(message: string): MosipFailure {
  return new MosipFailure('invalid-cbeff', `XML: ${message}`)
}
