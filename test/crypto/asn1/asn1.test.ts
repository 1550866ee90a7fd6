import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import fc from 'fast-check'
import { ElementReader } from '../../../crypto/asn1/element-reader.ts'
import { readElement, readElements, Tag } from '../../../crypto/asn1/element.ts'
import {
  readBitString,
  readBoolean,
  readFlags,
  readInteger,
  readOctetString,
  readOid,
  readSmallInteger,
  readText,
  readTime,
} from '../../../crypto/asn1/values.ts'
import {
  bitString,
  boolean,
  element,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  utf8String,
} from '../../../crypto/asn1/write.ts'
import { concatBytes, fromHex, toHex, utf8 } from '../../../crypto/bytes.ts'
import { asn1Code } from '../support/asn1-code.ts'

const promises = suite('ASN.1')

/** ITU-T X.690 §8, and the values of its examples. */
const EXAMPLES: readonly [
  name: string,
  hex: string,
  read: (bytes: Uint8Array) => unknown,
  value: unknown,
][] = [
  ['an integer', '020100', valueOf(readInteger), 0n],
  ['a long one', '02020080', valueOf(readInteger), 128n],
  ['a negative one', '0201ff', valueOf(readInteger), -1n],
  ['the least of two bytes', '02028000', valueOf(readInteger), -32_768n],
  ['a boolean', '0101ff', valueOf(readBoolean), true],
  ['an identifier', '0603883703', valueOf(readOid), '2.999.3'],
  ['one of RSA', '06092a864886f70d010702', valueOf(readOid), '1.2.840.113549.1.7.2'],
  ['flags', '03020780', valueOf((one) => [...readFlags(one)]), [0]],
  ['more flags', '03020106', valueOf((one) => [...readFlags(one)]), [5, 6]],
  ['octets', '04020102', valueOf((one) => toHex(readOctetString(one))), '0102'],
  [
    'octets in parts',
    '24800401010401020000',
    valueOf((one) => toHex(readOctetString(one))),
    '0102',
  ],
  ['a time', '170d3236313132363038303030305a', valueOf(readTime), Date.UTC(2026, 10, 26, 8)],
  [
    'one of the last century',
    '170b353030313031303030305a',
    valueOf(readTime),
    Date.UTC(1950, 0, 1),
  ],
  [
    'one with four digits',
    '180f32303531303230333034303530365a',
    valueOf(readTime),
    Date.UTC(2051, 1, 3, 4, 5, 6),
  ],
  ['a text', '0c02d398', valueOf(readText), 'Ә'],
  ['one of two bytes each', '1e0204d8', valueOf(readText), 'Ә'],
]

for (const [name, hex, read, value] of EXAMPLES) {
  promises(`${name}: ${hex}`, () => equal(read(fromHex(hex)), value))
}

const FAULTS: readonly [hex: string, code: string][] = [
  ['', 'truncated'],
  ['30', 'truncated'],
  ['3002', 'truncated'],
  ['300201', 'truncated'],
  ['30820001', 'truncated'],
  ['3084ffffffff', 'truncated'],
  ['3085000000000100', 'length'],
  ['020100ff', 'trailing'],
  ['0000', 'tag'],
  ['1fffffff0100', 'tag'],
  ['0480010000', 'length'],
  ['3080020100', 'truncated'],
  ['308002010000', 'truncated'],
  ['30800201000001', 'tag'],
]

for (const [hex, code] of FAULTS) {
  promises(`${hex || 'nothing'} is refused: ${code}`, () => {
    is(
      asn1Code(() => readElement(fromHex(hex))),
      code,
    )
  })
}

const BAD_VALUES: readonly [hex: string, read: (bytes: Uint8Array) => unknown][] = [
  ['0200', valueOf(readInteger)],
  ['0600', valueOf(readOid)],
  ['060188', valueOf(readOid)],
  ['03020140', valueOf(readBitString)],
  ['0300', valueOf(readBitString)],
  ['0101', valueOf(readBoolean)],
  ['1e0104', valueOf(readText)],
  ['170d3236313332363038303030305a', valueOf(readTime)],
  ['170d3236303233303038303030305a', valueOf(readTime)],
  ['0201ff', valueOf(readSmallInteger)],
  ['02050100000000', valueOf(readSmallInteger)],
]

for (const [hex, read] of BAD_VALUES) {
  promises(`${hex} is no value of its type`, () => {
    is(['value', 'truncated'].includes(asn1Code(() => read(fromHex(hex)))), true)
  })
}

promises('tells tags of two bytes, as a chip has them', () => {
  const [first, second] = readElements(fromHex('5f0101aa7f600404025f1f'))
  equal([first?.tag, second?.tag, second?.value.length], [0x5f01, 0x7f60, 4])
})

promises('is not read deeper than it can be, however it is nested', () => {
  const deep = concatBytes(...Array.from({ length: 40_000 }, () => Uint8Array.of(0x30, 0x80)))
  is(
    asn1Code(() => readElement(deep)),
    'depth',
  )
})

promises('is read up to so many elements side by side', () => {
  const many = concatBytes(...Array.from({ length: 65_537 }, () => integer(1)))
  is(
    asn1Code(() => readElements(many)),
    'count',
  )
  is(readElements(many.subarray(3)).length, 65_536)
})

promises('comes back as it was written', () => {
  const numbers = fc.bigInt({ min: 0n, max: 2n ** 600n })
  fc.assert(fc.property(numbers, (value) => readInteger(readElement(integer(value))) === value))
  const arcs = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.constantFrom('0.9', '1.2', '2.5', '2.23'), arcs, (head, rest) => {
      const dotted = [head, ...rest].join('.')
      return readOid(readElement(oid(dotted))) === dotted
    }),
  )
  const times = fc.integer({ min: Date.UTC(1950, 0, 1) / 1_000, max: Date.UTC(2100, 0, 1) / 1_000 })
  fc.assert(
    fc.property(
      times,
      (seconds) => readTime(readElement(time(1_000 * seconds))) === 1_000 * seconds,
    ),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
      return toHex(readOctetString(readElement(octetString(bytes)))) === toHex(bytes)
    }),
    { numRuns: 20 },
  )
  is(readText(readElement(utf8String('Әлем'))), 'Әлем')
  is(readText(readElement(printableString('KZ'))), 'KZ')
  is(readBoolean(readElement(boolean(false))), false)
  equal(readBitString(readElement(bitString(utf8('x')))), utf8('x'))
})

promises('puts a set in order', () => {
  is(toHex(setOf(integer(300), integer(2), integer(1))), '310a0201010201020202012c')
})

promises('gives a sequence field by field, and nothing is left over', () => {
  const fields = ElementReader.of(
    sequence(integer(1), oid('2.5'), boolean(true)),
    Tag.sequence,
    'x',
  )
  is(readSmallInteger(fields.next(Tag.integer)), 1)
  is(fields.optional(Tag.boolean), undefined)
  is(
    asn1Code(() => fields.next(Tag.boolean)),
    'tag',
  )
  is(readOid(fields.next()), '2.5')
  is(
    asn1Code(() => fields.end()),
    'trailing',
  )
  is(fields.rest().length, 1)
  fields.end()
  is(
    asn1Code(() => fields.next()),
    'truncated',
  )
  is(
    asn1Code(() => ElementReader.of(element(Tag.set), Tag.sequence, 'x')),
    'tag',
  )
})

promises.run()

function valueOf<T>(read: (one: ReturnType<typeof readElement>) => T): (bytes: Uint8Array) => T {
  return (bytes) => read(readElement(bytes))
}
