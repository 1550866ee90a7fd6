import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { FINGERS_MAX, TEMPLATE_BYTES_MAX } from '../../protocol/limits.ts'
import {
  decodePayload,
  encodePayload,
  PAYLOAD_BYTES_MAX,
  payloadDigest,
  type Payload,
} from '../../protocol/payload.ts'
import { payloads } from '../support/arbitraries.ts'
import { bitFlips, check, codeOf, promiseCodec } from './support/codec-promises.ts'

const promises = suite('a payload')
const nonce = new Uint8Array(32)

promiseCodec<Payload>(
  promises,
  {
    name: 'payload',
    bytesMax: PAYLOAD_BYTES_MAX,
    encode: encodePayload,
    decode: decodePayload,
    alsoThrows: ['unprocessable'],
  },
  payloads,
)

const HANDS: readonly [positions: number[], code: string | undefined][] = [
  [[], 'unprocessable'],
  [[1], undefined],
  [[1, 1], 'unprocessable'],
  [[2, 1, 3, 2], 'unprocessable'],
  [[0, 0, 0], undefined],
  [[0, 5, 0], undefined],
  [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], undefined],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0], 'malformed'],
  [[11], 'malformed'],
]

for (const [positions, code] of HANDS) {
  promises(`of fingers [${positions.join(' ')}] is ${code ?? 'accepted'}`, () => {
    is(
      codeOf(() => decodePayload(encodePayload(hand(positions)))),
      code,
    )
  })
}

promises('holds ten templates of the longest kind, and none that is longer', () => {
  const positions = Array.from({ length: FINGERS_MAX }, (_, place) => place + 1)
  const encoded = encodePayload(hand(positions, TEMPLATE_BYTES_MAX))
  ok(encoded.length <= PAYLOAD_BYTES_MAX)
  equal(decodePayload(encoded), hand(positions, TEMPLATE_BYTES_MAX))
  const longer = encodePayload(hand([1], TEMPLATE_BYTES_MAX + 1))
  is(
    codeOf(() => decodePayload(longer)),
    'malformed',
  )
  is(
    codeOf(() => encodePayload(hand([...positions, 0], TEMPLATE_BYTES_MAX))),
    'too-large',
  )
})

promises('has another digest when any bit of it or of its nonce is another', () => {
  const [payload] = fc.sample(payloads, { numRuns: 1, seed: 5 })
  const encoded = encodePayload(payload!)
  for (const changed of bitFlips(encoded)) not.equal(payloadDigest(changed), payloadDigest(encoded))
})

promises('has one digest for one encoding', () => {
  check(payloads, (payload) => {
    equal(payloadDigest(encodePayload(payload)), payloadDigest(encodePayload(payload)))
  })
})

promises.run()

function hand(positions: readonly number[], templateBytes = 3): Payload {
  const template = new Uint8Array(templateBytes).fill(0xff)
  return { nonce, fingers: positions.map((position) => ({ position, template })) }
}
