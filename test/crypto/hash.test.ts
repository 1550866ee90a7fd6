import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { createHash } from 'node:crypto'
import { array, assert, property, uint8Array } from 'fast-check'
import { concatBytes, toHex, utf8 } from '../../crypto/bytes.ts'
import { EMPTY_ROOT, hashChildren, hashLeaf, isLeafHash, sha256 } from '../../crypto/hash.ts'

const promises = suite('a hash')

// FIPS 180-4 examples (NIST "Secure Hash Standard" example values).
for (const [text, hash] of [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
] as const) {
  promises(`of "${text}" is the published one`, () => {
    is(toHex(sha256(utf8(text))), hash)
  })
}

promises('of parts is that of the whole', () => {
  assert(
    property(array(uint8Array()), (parts) => {
      const whole = createHash('sha256').update(concatBytes(...parts))
      is(toHex(sha256(...parts)), whole.digest('hex'))
    }),
  )
})

promises('of a leaf and of children has the prefix of its kind', () => {
  const [left, right] = [sha256(utf8('l')), sha256(utf8('r'))]
  equal(hashLeaf(utf8('entry')), sha256(Uint8Array.of(0), utf8('entry')))
  equal(hashChildren(left, right), sha256(Uint8Array.of(1), left, right))
  equal(EMPTY_ROOT, sha256())
})

promises('of a leaf is told from every other, whatever the length of the entry', () => {
  for (const length of [0, 1, 31, 512, 4_095, 4_096, 4_097, 65_535]) {
    const one = new Uint8Array(length).fill(7)
    const hash = hashLeaf(one)
    equal(hash, sha256(Uint8Array.of(0), one))
    is(isLeafHash(one, hash), true, `${length}`)
    for (let at = 0; at < hash.length; at += 1) {
      is(isLeafHash(one, hash.with(at, hash[at]! ^ 1)), false, `${length}, byte ${at}`)
    }
    is(isLeafHash(concatBytes(one, Uint8Array.of(7)), hash), false)
  }
})

promises('stays what it is when others are taken', () => {
  const first = hashChildren(EMPTY_ROOT, EMPTY_ROOT)
  const copy = first.slice()
  hashChildren(first, first)
  equal(first, copy)
  is(Buffer.isBuffer(first), false)
})

promises('is not taken of children that are no hashes', () => {
  const short = new Uint8Array(31)
  throws(() => hashChildren(short, new Uint8Array(33)), /not hashes/)
  throws(() => hashChildren(EMPTY_ROOT, short), /not hashes/)
})

promises.run()
