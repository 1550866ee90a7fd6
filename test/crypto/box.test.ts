import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { assert, property, uint8Array } from 'fast-check'
import nacl from 'tweetnacl'
import { boxKeysFromSecret, closeBox, openBox } from '../../crypto/box.ts'
import { fromHex, toHex } from '../../crypto/bytes.ts'

const promises = suite('a box')
const key = uint8Array({ minLength: 32, maxLength: 32 })
const nonce = uint8Array({ minLength: 24, maxLength: 24 })

promises('has the public key of RFC 7748, section 6.1', () => {
  const alice = boxKeysFromSecret(
    fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
  )
  is(toHex(alice.publicKey), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
})

promises("is TweetNaCl's, byte for byte, and each opens the other's", () => {
  assert(
    property(key, key, nonce, uint8Array({ maxLength: 200 }), (mine, theirs, once, message) => {
      const [ours, other] = [boxKeysFromSecret(mine), boxKeysFromSecret(theirs)]
      equal(ours.publicKey, nacl.box.keyPair.fromSecretKey(mine).publicKey)
      const box = closeBox(message, once, other.publicKey, ours)
      equal(box, nacl.box(message, once, other.publicKey, mine))
      equal(openBox(box, once, ours.publicKey, other), message)
      equal(nacl.box.open(box, once, ours.publicKey, theirs), message)
    }),
    { numRuns: 20 },
  )
})

promises('does not open by another key, nonce or sender, nor changed', () => {
  const [a, b, c] = [1, 2, 3].map((fill) => boxKeysFromSecret(new Uint8Array(32).fill(fill)))
  const once = new Uint8Array(24)
  const box = closeBox(Uint8Array.of(1, 2, 3), once, b!.publicKey, a!)
  equal(openBox(box, once, a!.publicKey, b!), Uint8Array.of(1, 2, 3))
  is(openBox(box, once, a!.publicKey, c!), null)
  is(openBox(box, once, c!.publicKey, b!), null)
  is(openBox(box, once.slice().fill(1), a!.publicKey, b!), null)
  for (const at of box.keys()) {
    const changed = box.map((byte, position) => (position === at ? byte ^ 1 : byte))
    is(openBox(changed, once, a!.publicKey, b!), null)
  }
})

promises('is neither closed for nor opened from a public key of low order', () => {
  const keys = boxKeysFromSecret(new Uint8Array(32).fill(1))
  const low = new Uint8Array(32)
  throws(() => closeBox(Uint8Array.of(1), new Uint8Array(24), low, keys))
  const forged = nacl.box(Uint8Array.of(1), new Uint8Array(24), low, keys.secretKey)
  is(openBox(forged, new Uint8Array(24), low, keys), null)
})

promises.run()
