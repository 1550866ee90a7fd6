import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { assert, property, uint8Array } from 'fast-check'
import { concatBytes, fromHex, toHex, utf8 } from '../../crypto/bytes.ts'
import {
  InvalidKey,
  secretKeyFromSeed,
  signerFromSecretKey,
  signerFromSeed,
  verifySignature,
} from '../../crypto/ed25519.ts'
import { referenceSign, referenceVerify } from '../../crypto/reference-ed25519.ts'
import { ledgerText } from './support/ledger-vectors.ts'

interface EdgeCase {
  number: number
  key: string
  sig: string
  msg: string
}

interface Wycheproof {
  testGroups: {
    publicKey: { pk: string }
    tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[]
  }[]
}

const edgeCases: EdgeCase[] = JSON.parse(ledgerText('cctv', 'ed25519vectors.json'))
const golden: { accepted: number[] } = JSON.parse(ledgerText('ed25519-accepted.json'))
const wycheproof: Wycheproof = JSON.parse(ledgerText('wycheproof', 'ed25519_test.json'))
const backends = { fast: verifySignature, reference: referenceVerify }
const promises = suite('Ed25519')

// RFC 8032 §7.1, tests 1 to 3.
for (const [seed, publicKey, message, signature] of [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const) {
  promises(`signs as RFC 8032 does with ${publicKey.slice(0, 8)}`, () => {
    const signer = signerFromSeed(fromHex(seed))
    is(toHex(signer.publicKey), publicKey)
    is(toHex(signer.sign(fromHex(message))), signature)
    is(toHex(referenceSign(fromHex(seed), fromHex(message))), signature)
  })
}

for (const [name, verify] of Object.entries(backends)) {
  for (const { publicKey, tests } of wycheproof.testGroups) {
    for (const { tcId, comment, msg, sig, result } of tests) {
      promises(`${name}: Wycheproof ${tcId} ${comment} is ${result}`, () => {
        is(verify(fromHex(publicKey.pk), fromHex(msg), fromHex(sig)), result === 'valid')
      })
    }
  }
}

const accepted = new Set(golden.accepted)

for (const { number, key, sig, msg } of edgeCases) {
  promises(`CCTV ${number} is ${accepted.has(number) ? 'accepted' : 'refused'} by both`, () => {
    for (const verify of Object.values(backends)) {
      is(verify(fromHex(key), utf8(msg), fromHex(sig)), accepted.has(number))
    }
  })
}

promises('accepts 208 of the 914 edge cases and no other: the profile is frozen', () => {
  is(edgeCases.length, 914)
  is(accepted.size, 208)
})

promises('signs the same bytes by both, and each verifies what the other signed', () => {
  const seeds = uint8Array({ minLength: 32, maxLength: 32 })
  assert(
    property(seeds, uint8Array({ maxLength: 300 }), (seed, message) => {
      const signer = signerFromSeed(seed)
      const signature = signer.sign(message)
      equal(referenceSign(seed, message), signature)
      is(referenceVerify(signer.publicKey, message, signature), true)
      is(verifySignature(signer.publicKey, message, signature), true)
    }),
    { numRuns: 20 },
  )
})

promises('refuses a signature with any bit of it, of the key or of the message flipped', () => {
  const signer = signerFromSeed(new Uint8Array(32).fill(1))
  const message = utf8('message')
  const parts = [signer.publicKey, message, signer.sign(message)] as const
  is(verifySignature(...parts), true)
  for (const [which, part] of parts.entries()) {
    for (let bit = 0; bit < part.length * 8; bit += 1) {
      const [key, text, signature] = parts.map((bytes, at) =>
        at === which ? flipped(bytes, bit) : bytes,
      )
      is(verifySignature(key!, text!, signature!), false)
    }
  }
})

promises('remembers what it verified by its bytes, whatever becomes of the arrays', () => {
  const signer = signerFromSeed(new Uint8Array(32).fill(2))
  const message = utf8('message')
  const signature = signer.sign(message)
  for (let time = 0; time < 2; time += 1) {
    is(verifySignature(signer.publicKey, message, signature), true)
  }
  message[0]! ^= 1
  is(verifySignature(signer.publicKey, message, signature), false)
  message[0]! ^= 1
  signature[0]! ^= 1
  is(verifySignature(signer.publicKey, message, signature), false)
})

promises('refuses keys and signatures of other lengths without throwing', () => {
  const signer = signerFromSeed(new Uint8Array(32))
  const message = utf8('message')
  const signature = signer.sign(message)
  for (const verify of Object.values(backends)) {
    for (const length of [0, 31, 33]) is(verify(new Uint8Array(length), message, signature), false)
    is(verify(signer.publicKey, message, signature.subarray(0, 63)), false)
    is(verify(signer.publicKey, message, concatBytes(signature, Uint8Array.of(0))), false)
  }
})

promises('still tells keys apart when there were more of them than it remembers', () => {
  const message = utf8('message')
  const seeds = Array.from({ length: 1_100 }, (_, at) =>
    new Uint8Array(32).fill(at % 251, 0, 16).fill(at >> 3, 16),
  )
  const signed = seeds.map((seed) => {
    const signer = signerFromSeed(seed)
    return [signer.publicKey, message, signer.sign(message)] as const
  })
  for (const each of signed) is(verifySignature(...each), true)
  for (const each of signed.slice(0, 5)) is(verifySignature(...each), true)
  is(verifySignature(signed[0]![0], message, signed[1]![2]), false)
})

promises('takes a secret key only if its halves belong together', () => {
  const seed = new Uint8Array(32).fill(7)
  const secretKey = secretKeyFromSeed(seed)
  equal(secretKey, concatBytes(seed, signerFromSeed(seed).publicKey))
  equal(signerFromSecretKey(secretKey).sign(seed), signerFromSeed(seed).sign(seed))
  throws(() => signerFromSecretKey(flipped(secretKey, 8 * 40)), isInvalid('key-mismatch'))
  throws(() => signerFromSecretKey(flipped(secretKey, 8 * 4)), isInvalid('key-mismatch'))
  throws(() => signerFromSecretKey(seed), isInvalid('key-length'))
  throws(() => signerFromSeed(secretKey), isInvalid('key-length'))
})

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
}

function isInvalid(code: string): (error: unknown) => boolean {
  return (error) => error instanceof InvalidKey && error.code === code
}

promises.run()
