import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { BitReader } from '../../../matcher/image/wsq/bit-reader.ts'
import { ByteWriter } from '../../../matcher/image/wsq/byte-writer.ts'
import { eachSymbol, readCoefficients } from '../../../matcher/image/wsq/coefficients.ts'
import { codesOf, HuffmanDecoder, tableFor } from '../../../matcher/image/wsq/huffman.ts'

const END = Uint8Array.of(0xff, 0xa1)

const promises = suite('a block of coefficients')

promises('comes back: values and runs of every kind', () => {
  const values = [1, -1, 74, 75, -73, -74, 255, 256, -255, -256, 65_535, -65_535]
  const runs = [1, 100, 101, 255, 256, 70_000].flatMap((run) => [5, ...zeros(run)])
  const block = Int32Array.from([...values, ...runs])
  equal(readBack([block]), block)
})

promises('comes back across restart markers, whatever fills the bytes before them', () => {
  const parts = Array.from({ length: 9 }, (_, part) => {
    return Int32Array.from({ length: 20 + part }, (__, at) => ((at * 7 + part) % 11) - 5)
  })
  equal(readBack(parts), Int32Array.from(parts.flatMap((part) => [...part])))
})

promises('has no code of ones only, nor one of more than 16 bits', () => {
  // Fibonacci's numbers make the deepest trees.
  const frequencies = new Uint32Array(256)
  let [one, other] = [1, 1]
  for (let symbol = 1; symbol < 40; symbol += 1) {
    frequencies[symbol] = one
    ;[one, other] = [other, one + other]
  }
  const table = tableFor(frequencies)
  const { codes, lengths } = codesOf(table)
  is(table.counts.length, 16)
  for (const symbol of table.symbols) {
    is(codes[symbol] === 2 ** lengths[symbol]! - 1, false)
  }
  is(table.symbols.length, 39)
})

promises('is refused where a value is cut by a marker, or bits are no code', () => {
  const table = tableFor(Uint32Array.from({ length: 256 }, (_, at) => (at === 103 ? 9 : 0)))
  const into = new Int32Array(4)
  for (const bytes of [
    [0, 0xff, 0xa1],
    [0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0xa1],
  ]) {
    try {
      readCoefficients(new BitReader(Uint8Array.from(bytes), 0), new HuffmanDecoder(table), into, 0)
      is('it was taken', '')
    } catch (error) {
      is(error instanceof InvalidImage && error.code, 'content')
    }
  }
})

promises.run()

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}

/** Written with a restart marker between any two parts, and read. */
function readBack(parts: readonly Int32Array[]): Int32Array {
  const frequencies = new Uint32Array(256)
  for (const part of parts) eachSymbol(part, (symbol) => (frequencies[symbol]! += 1))
  const table = tableFor(frequencies)
  const { codes, lengths } = codesOf(table)
  const writer = new ByteWriter()
  for (const [number, part] of parts.entries()) {
    if (number > 0) writer.uint(2, 0xffb0 + ((number - 1) % 8))
    eachSymbol(part, (symbol, extra, extraBits) => {
      writer.bits(codes[symbol]!, lengths[symbol]!)
      writer.bits(extra, extraBits)
    })
    writer.align()
  }
  writer.bytes(END)
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  const into = new Int32Array(total)
  const bits = new BitReader(writer.finish(), 0)
  is(readCoefficients(bits, new HuffmanDecoder(table), into, 0), total)
  return into
}
