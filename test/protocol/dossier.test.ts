import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  decodeDossier,
  DOSSIER_BYTES_MAX,
  encodeDossier,
  type Dossier,
} from '../../protocol/dossier.ts'
import { PAYLOAD_BYTES_MAX } from '../../protocol/payload.ts'
import { APPLICATION_BYTES_MAX } from '../../protocol/rules/application.ts'
import { dossiers } from '../support/arbitraries.ts'
import { codeOf, promiseCodec } from './support/codec-promises.ts'

const promises = suite('a dossier')

promiseCodec<Dossier>(
  promises,
  {
    name: 'dossier',
    bytesMax: DOSSIER_BYTES_MAX,
    encode: encodeDossier,
    decode: decodeDossier,
  },
  dossiers,
)

const LONGEST: Dossier = {
  payload: new Uint8Array(PAYLOAD_BYTES_MAX).fill(1),
  application: new Uint8Array(APPLICATION_BYTES_MAX).fill(2),
}

promises('holds the longest payload with the longest application', () => {
  equal(decodeDossier(encodeDossier(LONGEST)), LONGEST)
})

promises('holds neither when it is longer than it may be by itself', () => {
  const none = new Uint8Array()
  for (const longer of [
    { payload: new Uint8Array(PAYLOAD_BYTES_MAX + 1), application: none },
    { payload: none, application: new Uint8Array(APPLICATION_BYTES_MAX + 1) },
  ]) {
    is(
      codeOf(() => decodeDossier(encodeDossier(longer))),
      'malformed',
    )
  }
})

promises.run()
