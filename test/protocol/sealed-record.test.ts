import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { boxKeysFromSeed, open, seal, type Sealed } from '../../crypto/sealing.ts'
import { REPLICAS_MAX } from '../../protocol/limits.ts'
import { deposits } from '../../protocol/message/deposit.ts'
import { PAYLOAD_BYTES_MAX } from '../../protocol/payload.ts'
import { decodeSealed, encodeSealed, SEALED_BYTES_MAX } from '../../protocol/sealed-record.ts'
import { sealedRecords } from '../support/arbitraries.ts'
import { codeOf, promiseCodec } from './support/codec-promises.ts'

const promises = suite('a sealed record')
const context = new Uint8Array(16)

promiseCodec<Sealed>(
  promises,
  {
    name: 'sealed record',
    bytesMax: SEALED_BYTES_MAX,
    encode: encodeSealed,
    decode: decodeSealed,
  },
  sealedRecords,
)

promises('of the longest payload for the most replicas fits, as a deposit too', () => {
  const payload = new Uint8Array(PAYLOAD_BYTES_MAX).fill(0x5a)
  const encoded = encodeSealed(sealFor(REPLICAS_MAX, payload))
  ok(encoded.length <= SEALED_BYTES_MAX)
  const deposit = { handle: context, sealed: encoded }
  equal(deposits.decode(deposits.encode(deposit)), deposit)
  for (let replica = 0; replica < REPLICAS_MAX; replica += 1) {
    equal(open(decodeSealed(encoded), boxKeys(replica), context), payload)
  }
})

promises('for more replicas than a shard has is refused', () => {
  const encoded = encodeSealed(sealFor(REPLICAS_MAX + 1, new Uint8Array(3)))
  is(
    codeOf(() => decodeSealed(encoded)),
    'malformed',
  )
})

promises.run()

function sealFor(replicas: number, payload: Uint8Array): Sealed {
  const recipients = Array.from({ length: replicas }, (_, place) => boxKeys(place).publicKey)
  let calls = 0
  const randomBytes = (length: number) => new Uint8Array(length).fill((calls += 1))
  return seal(payload, recipients, { context, randomBytes })
}

function boxKeys(place: number) {
  return boxKeysFromSeed(new Uint8Array(32).fill(place + 1))
}
