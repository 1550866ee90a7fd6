/** The first directory of a TIFF file; TIFF 6.0 §2. */
import { ByteReader } from './byte-reader.ts'
import { InvalidImage } from './invalid-image.ts'

/** Entries that a directory may have; images have about 20. */
const ENTRIES_MAX = 512

/** Values that are taken of one entry: a strip for every row of the tallest image. */
const VALUES_MAX = 4_096

const VERSION = 42
const LITTLE = 'II'
const BIG = 'MM'

/** Bytes of the types that numbers come in: byte, short, long, rational. */
const TYPE_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [3, 2],
  [4, 4],
  [5, 8],
])

/** Entries are read when they are asked for, and none before. */
export class TiffDirectory {
  readonly isLittle: boolean
  readonly #bytes: Uint8Array
  /** Where each entry's type stands. */
  readonly #entries = new Map<number, number>()

  /** @throws InvalidImage */
  constructor(bytes: Uint8Array) {
    const order = new ByteReader(bytes).text(2, 'byte order')
    if (order !== LITTLE && order !== BIG) throw new InvalidImage('magic', 'not a TIFF file')
    this.#bytes = bytes
    this.isLittle = order === LITTLE
    const head = this.#readerAt(2)
    if (head.uint16('version') !== VERSION) throw new InvalidImage('magic', 'not a TIFF file')
    const reader = this.#readerAt(head.uint32('offset of directory'))
    const count = reader.uint16('number of entries')
    if (count > ENTRIES_MAX) throw new InvalidImage('field-range', `${count} entries`)
    for (let entry = 0; entry < count; entry += 1) {
      const tag = reader.uint16('tag')
      this.#entries.set(tag, reader.offset)
      reader.pass(10, 'entry')
    }
  }

  has(tag: number): boolean {
    return this.#entries.has(tag)
  }

  /** The first value; `otherwise` where the entry is missing. */
  number(tag: number, otherwise?: number): number {
    const fallback = otherwise === undefined ? undefined : [otherwise]
    const [value = 0] = this.numbers(tag, fallback)
    return value
  }

  /** At least one. @throws InvalidImage `content` where the entry is missing, or of no number */
  numbers(tag: number, otherwise?: readonly number[]): readonly number[] {
    const offset = this.#entries.get(tag)
    if (offset === undefined) {
      if (otherwise) return otherwise
      throw new InvalidImage('content', `entry ${tag} is missing`)
    }
    const reader = this.#readerAt(offset)
    const type = reader.uint16('type')
    const count = reader.uint32('count')
    const size = TYPE_BYTES.get(type)
    if (size === undefined || count === 0 || count > VALUES_MAX) {
      throw new InvalidImage('field-range', `entry ${tag}: ${count} values of type ${type}`)
    }
    const isInline = size * count <= 4
    const values = isInline ? reader : this.#readerAt(reader.uint32('offset of values'))
    return Array.from({ length: count }, () => numberFrom(values, size))
  }

  #readerAt(offset: number): ByteReader {
    return new ByteReader(this.#bytes, { offset, isLittle: this.isLittle })
  }
}

function numberFrom(reader: ByteReader, size: number): number {
  if (size < 8) return reader.uint(size, 'value')
  const numerator = reader.uint32('numerator')
  const denominator = reader.uint32('denominator')
  return denominator === 0 ? 0 : numerator / denominator
}
