import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { boxKeysFromSeed, open, seal, type Sealed } from '../../crypto/sealing.ts'
import { CREDENTIAL_BYTES_MAX } from '../../protocol/credential.ts'
import { DOSSIER_BYTES_MAX } from '../../protocol/dossier.ts'
import { REPLICAS_MAX } from '../../protocol/limits.ts'
import { deposits } from '../../protocol/message/deposit.ts'
import { decodeSealed, encodeSealed, SEALED_BYTES_MAX } from '../../protocol/sealed-record.ts'
import { STATEMENT_BYTES_MAX } from '../../protocol/statement.ts'
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

promises('of the longest dossier for the most replicas fits, as a deposit too', () => {
  const dossier = new Uint8Array(DOSSIER_BYTES_MAX).fill(0x5a)
  const encoded = encodeSealed(sealFor(REPLICAS_MAX, dossier))
  ok(encoded.length <= SEALED_BYTES_MAX)
  const signed = {
    statement: new Uint8Array(STATEMENT_BYTES_MAX),
    officer: new Uint8Array(32),
    signature: new Uint8Array(64),
    credential: new Uint8Array(CREDENTIAL_BYTES_MAX),
  }
  const deposit = { handle: context, sealed: encoded, signed }
  equal(deposits.decode(deposits.encode(deposit)), deposit)
  for (let replica = 0; replica < REPLICAS_MAX; replica += 1) {
    equal(open(decodeSealed(encoded), boxKeys(replica), context), dossier)
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

function sealFor(replicas: number, dossier: Uint8Array): Sealed {
  const recipients = Array.from({ length: replicas }, (_, place) => boxKeys(place).publicKey)
  let calls = 0
  const randomBytes = (length: number) => new Uint8Array(length).fill((calls += 1))
  return seal(dossier, recipients, { context, randomBytes })
}

function boxKeys(place: number) {
  return boxKeysFromSeed(new Uint8Array(32).fill(place + 1))
}
