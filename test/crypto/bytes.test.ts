import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { assert, property, uint8Array } from 'fast-check'
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  InvalidEncoding,
  toBase64,
  toHex,
  utf8,
} from '../../crypto/bytes.ts'

const promises = suite('bytes')

// RFC 4648 §10.
for (const [text, base64, hex] of [
  ['', '', ''],
  ['f', 'Zg==', '66'],
  ['fo', 'Zm8=', '666f'],
  ['foo', 'Zm9v', '666f6f'],
  ['foob', 'Zm9vYg==', '666f6f62'],
  ['fooba', 'Zm9vYmE=', '666f6f6261'],
  ['foobar', 'Zm9vYmFy', '666f6f626172'],
] as const) {
  promises(`"${text}" is "${base64}" and "${hex}", there and back`, () => {
    is(toBase64(utf8(text)), base64)
    is(toHex(utf8(text)), hex)
    equal(fromBase64(base64), utf8(text))
    equal(fromHex(hex), utf8(text))
  })
}

for (const text of [
  'Zg',
  'Zg=',
  'Zh==',
  'Zm9',
  'Zm9=',
  'Zm9v\n',
  ' Zm9v',
  'Zm9-',
  'Zg==Zg==',
  '=',
  'Zm9v=',
]) {
  promises(`${JSON.stringify(text)} is not canonical base64`, () => {
    throws(() => fromBase64(text), isInvalid('base64'))
  })
}

for (const text of ['6', '6F', '6g', '0x66', ' 66', '66\n']) {
  promises(`${JSON.stringify(text)} is not lower-case hexadecimal`, () => {
    throws(() => fromHex(text), isInvalid('hex'))
  })
}

promises('of any content survive both text forms, and are plain arrays', () => {
  assert(
    property(uint8Array(), (bytes) => {
      equal(fromHex(toHex(bytes)), bytes)
      equal(fromBase64(toBase64(bytes)), bytes)
      is(Buffer.isBuffer(fromHex(toHex(bytes))), false)
      is(Buffer.isBuffer(fromBase64(toBase64(bytes))), false)
    }),
  )
})

promises('that are a view of others are read where the view is', () => {
  const view = utf8('xfoobary').subarray(1, 7)
  is(toHex(view), '666f6f626172')
  is(toBase64(view), 'Zm9vYmFy')
})

promises('are ordered as strings of bytes, a prefix first', () => {
  const ordered = [[], [0], [0, 0], [0, 255], [1], [255]].map((bytes) => Uint8Array.from(bytes))
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) {
      is(compareBytes(a, b), Math.sign(i - j))
      is(equalBytes(a, b), i === j)
    }
  }
})

promises('are put together in order', () => {
  equal(concatBytes(), new Uint8Array())
  equal(concatBytes(utf8('fo'), new Uint8Array(), utf8('obar')), utf8('foobar'))
})

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidEncoding && error.code === code
}

promises.run()
