import { suite } from 'uvu'
import { equal, is, not, throws } from 'uvu/assert'
import { createCipheriv } from 'node:crypto'
import { assert, integer, property, uint8Array } from 'fast-check'
import { closeBox } from '../../crypto/box.ts'
import { concatBytes, toHex, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import {
  boxKeysFromSeed,
  commitmentOf,
  open,
  seal,
  SEALED_OVERHEAD_BYTES,
  SealingError,
  wrapFor,
  type Sealed,
} from '../../crypto/sealing.ts'

const promises = suite('a sealed record')
const context = utf8('handle 7, shard 3')
const [anna, bolat, stranger] = [1, 2, 3].map((fill) =>
  boxKeysFromSeed(new Uint8Array(32).fill(fill)),
)
const recipients = [anna!.publicKey, bolat!.publicKey]

promises('gives each replica the payload, and nobody else', () => {
  assert(
    property(uint8Array({ maxLength: 3000 }), integer(), (payload, seed) => {
      const sealed = seal(payload, recipients, { context, randomBytes: seeded(seed) })
      is(sealed.ciphertext.length, payload.length + SEALED_OVERHEAD_BYTES)
      equal(open(sealed, anna!, context), payload)
      equal(open(sealed, bolat!, context), payload)
      throws(() => open(sealed, stranger!, context), isSealing('not-a-recipient'))
    }),
    { numRuns: 25 },
  )
})

promises('opens only in its own context', () => {
  const sealed = sealedSample()
  throws(() => open(sealed, anna!, utf8('handle 8, shard 3')), isSealing('decrypt'))
  throws(() => open(sealed, anna!, new Uint8Array()), isSealing('decrypt'))
})

promises(
  'with any byte of ciphertext or nonce changed does not open, and commits otherwise',
  () => {
    const sealed = sealedSample()
    const commitment = commitmentOf(sealed)
    for (const field of ['ciphertext', 'nonce'] as const) {
      for (const at of sealed[field].keys()) {
        const changed = { ...sealed, [field]: changedAt(sealed[field], at) }
        throws(() => open(changed, anna!, context), isSealing('decrypt'))
        not.equal(commitmentOf(changed), commitment)
      }
    }
    for (const at of sealed.salt.keys()) {
      not.equal(commitmentOf({ ...sealed, salt: changedAt(sealed.salt, at) }), commitment)
    }
  },
)

promises('with any byte of a wrapped key changed does not open for that replica', () => {
  const sealed = sealedSample()
  const [own, other] = sealed.keys
  for (const field of ['ephemeral', 'nonce', 'wrapped'] as const) {
    for (const at of own![field].keys()) {
      const changed = { ...own!, [field]: changedAt(own![field], at) }
      // X25519 ignores the highest bit of a point; a flip of the lowest always changes it.
      throws(
        () => open({ ...sealed, keys: [changed, other!] }, anna!, context),
        isSealing('unwrap'),
      )
    }
  }
  equal(open({ ...sealed, keys: [other!] }, bolat!, context), samplePayload())
})

promises('whose wrapped key is that of another record does not open', () => {
  const first = sealedSample(1)
  const second = sealedSample(2)
  throws(() => open({ ...first, keys: second.keys }, anna!, context), isSealing('decrypt'))
})

promises('shares nothing with another of the same payload', () => {
  const first = sealedSample(1)
  const second = sealedSample(2)
  not.equal(first.ciphertext, second.ciphertext)
  not.equal(first.salt, second.salt)
  not.equal(commitmentOf(first), commitmentOf(second))
})

promises('commits as written: tag, salt, nonce, ciphertext', () => {
  const sealed = sealedSample()
  const parts = [sealed.salt, sealed.nonce, sealed.ciphertext]
  equal(commitmentOf(sealed), sha256(utf8('tamga sealed record v1\n'), ...parts))
  is(toHex(commitmentOf(sealed)), GOLDEN_COMMITMENT)
})

promises('can be opened to further replicas, and its commitment stays', () => {
  const sealed = sealedSample()
  const options = { context, randomBytes: seeded(9) }
  const keys = [...sealed.keys, ...wrapFor([stranger!.publicKey], sealed, anna!, options)]
  const moved = { ...sealed, keys }
  equal(open(moved, stranger!, context), samplePayload())
  equal(open(moved, bolat!, context), samplePayload())
  equal(commitmentOf(moved), commitmentOf(sealed))
  throws(
    () => wrapFor([stranger!.publicKey], sealed, stranger!, options),
    isSealing('not-a-recipient'),
  )
  const elsewhere = { ...options, context: utf8('elsewhere') }
  throws(() => wrapFor([stranger!.publicKey], sealed, anna!, elsewhere), isSealing('decrypt'))
})

promises('that is plain GCM, and so might open to two payloads, is refused', () => {
  const dataKey = new Uint8Array(32).fill(5)
  const sealed = sealedSample()
  const cipher = createCipheriv('aes-256-gcm', dataKey, sealed.nonce).setAAD(context)
  const body = cipher.update(new Uint8Array(64).fill(1))
  cipher.final()
  const own = sealed.keys[0]!
  const forged: Sealed = {
    ...sealed,
    ciphertext: concatBytes(body, cipher.getAuthTag()),
    keys: [
      {
        ...own,
        ephemeral: stranger!.publicKey,
        wrapped: closeBox(dataKey, own.nonce, anna!.publicKey, stranger!),
      },
    ],
  }
  throws(() => open(forged, anna!, context), isSealing('key-commitment'))
})

promises('is for 1 to 32 proper public keys', () => {
  const options = { context, randomBytes: seeded(1) }
  const many = Array.from({ length: 33 }, () => anna!.publicKey)
  throws(() => seal(samplePayload(), [], options), isSealing('recipient-count'))
  throws(() => seal(samplePayload(), many, options), isSealing('recipient-count'))
  throws(() => seal(samplePayload(), [new Uint8Array(31)], options), isSealing('malformed'))
  throws(() => seal(samplePayload(), [new Uint8Array(32)], options), isSealing('malformed'))
})

promises('with a field of another length is refused', () => {
  const sealed = sealedSample()
  const [own] = sealed.keys
  const malformed: Sealed[] = [
    { ...sealed, salt: sealed.salt.subarray(1) },
    { ...sealed, nonce: concatBytes(sealed.nonce, sealed.nonce) },
    { ...sealed, ciphertext: sealed.ciphertext.subarray(0, SEALED_OVERHEAD_BYTES - 1) },
    { ...sealed, keys: [{ ...own!, nonce: own!.nonce.subarray(1) }] },
    { ...sealed, keys: [{ ...own!, wrapped: own!.wrapped.subarray(1) }] },
    { ...sealed, keys: [{ ...own!, ephemeral: own!.ephemeral.subarray(1) }] },
    { ...sealed, keys: [{ ...own!, recipient: own!.recipient.subarray(1) }] },
  ]
  for (const record of malformed) {
    throws(() => open(record, anna!, context), isSealing('malformed'))
  }
  throws(() => commitmentOf(malformed[0]!), isSealing('malformed'))
  throws(() => commitmentOf(malformed[1]!), isSealing('malformed'))
  throws(() => boxKeysFromSeed(new Uint8Array(31)), isSealing('malformed'))
})

const GOLDEN_COMMITMENT = '1980369887a1624af9ac53701bc1cd437b33ac9a2c7f2042e2a37eaf51eb3370'

function samplePayload(): Uint8Array {
  return utf8('ridges end and fork here')
}

function sealedSample(seed = 1): Sealed {
  return seal(samplePayload(), recipients, { context, randomBytes: seeded(seed) })
}

/** Bytes that follow from a seed: SHA-256 of it and a counter. */
function seeded(seed: number): (length: number) => Uint8Array {
  let counter = 0
  return (length) => {
    counter += 1
    return sha256(utf8(`${seed} ${counter}`)).slice(0, length)
  }
}

function changedAt(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, position) => (position === at ? byte ^ 1 : byte))
}

function isSealing(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SealingError && error.code === code
}

promises.run()
