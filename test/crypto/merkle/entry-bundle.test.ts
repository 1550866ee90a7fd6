import { suite } from 'uvu'
import { equal, throws } from 'uvu/assert'
import { array, assert, property, uint8Array } from 'fast-check'
import { decodeBundle, encodeBundle } from '../../../crypto/merkle/entry-bundle.ts'
import { InvalidTile } from '../../../crypto/merkle/tile.ts'

const promises = suite('an entry bundle')

promises('gives back what went in, empty entries too', () => {
  assert(
    property(array(uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 256 }), (entries) => {
      equal(decodeBundle(encodeBundle(entries), entries.length), entries)
    }),
    { numRuns: 30 },
  )
})

promises('holds 65,535 bytes in one entry and no more', () => {
  const longest = new Uint8Array(65_535).fill(7)
  equal(decodeBundle(encodeBundle([longest]), 1), [longest])
  throws(() => encodeBundle([new Uint8Array(65_536)]), isInvalid)
})

promises('holds 1 to 256 entries', () => {
  throws(() => encodeBundle([]), isInvalid)
  throws(() => encodeBundle(Array.from({ length: 257 }, () => new Uint8Array())), isInvalid)
  throws(() => decodeBundle(new Uint8Array(), 0), isInvalid)
})

promises('is refused when it is cut anywhere, goes on, or is of another count', () => {
  const bundle = encodeBundle([Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4)])
  for (let length = 0; length < bundle.length; length += 1) {
    throws(() => decodeBundle(bundle.subarray(0, length), 3), isInvalid)
  }
  throws(() => decodeBundle(Uint8Array.of(...bundle, 0), 3), isInvalid)
  throws(() => decodeBundle(Uint8Array.of(...bundle, 0, 0), 3), isInvalid)
  throws(() => decodeBundle(bundle, 2), isInvalid)
  throws(() => decodeBundle(bundle, 4), isInvalid)
})

function isInvalid(error: unknown): boolean {
  return error instanceof InvalidTile && error.code === 'bundle'
}

promises.run()
