/**
 * Bodies of HTTP requests behind their JSON schemas: five fields of base64, a line each, and what
 * is in them.
 */
import { toBase64 } from '../../crypto/bytes.ts'
import { readDeed, readSignedRequest } from '../../node/gateway/signed-request.ts'
import { readFinger } from '../../node/search/fingers.ts'
import { LIFE_DEEDS } from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { encodePayload } from '../../protocol/payload.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import { signStatement } from '../../protocol/statement.ts'
import { officerOf, signedDeed, statementOf } from '../../test/protocol/support/officials.ts'
import { testPerson } from '../../test/support/test-person.ts'
import { bytesDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'

const refuses = [refusal(TamgaError, 'malformed', 'too-large', 'unprocessable', 'forbidden')]
const OFFICER = officerOf('border-officer')
const CAPTURED = testPerson('somebody').capture()

export const REQUEST_DECODERS: readonly Decoder[] = [
  textDecoder({
    name: 'question-body',
    covers: ['node/gateway/signed-request.ts#readSignedRequest'],
    seeds: () =>
      (['identify', 'verify'] as const).map((action) => {
        const signed = signStatement(statementOf(action), OFFICER)
        const payload = encodePayload({ nonce: new Uint8Array(32), fingers: CAPTURED.slice(0, 2) })
        return linesOf(signed, payload)
      }),
    decode: (text) => {
      const [payload = '', ...signed] = text.split('\n')
      return readSignedRequest({ body: { payload, ...bodyOf(signed) }, station: undefined }, [
        'identify',
        'verify',
      ])
    },
    refuses,
  }),
  textDecoder({
    name: 'deed-body',
    covers: ['node/gateway/signed-request.ts#readDeed', 'node/gateway/signed-request.ts#bytesOf'],
    seeds: () => {
      const { deed, signatures } = signedDeed({ type: 'confirmation' }, 'x', [OFFICER])
      return signatures.map((signed) => linesOf(signed, deed))
    },
    decode: (text) => {
      const [deed = '', ...signed] = text.split('\n')
      return readDeed(
        { body: { deed, signatures: [bodyOf(signed)] }, station: 'post-1' },
        LIFE_DEEDS,
      )
    },
    refuses,
  }),
  bytesDecoder({
    name: 'captured-finger',
    covers: ['node/search/fingers.ts#readFinger'],
    seeds: () => CAPTURED.map(({ template }) => template),
    decode: (template) => readFinger({ position: 1, template }),
    refuses,
  }),
]

function linesOf(signed: SignedStatement, first: Uint8Array): string {
  const { statement, officer, signature, credential } = signed
  return [first, statement, officer, signature, credential].map(toBase64).join('\n')
}

function bodyOf([statement = '', officer = '', signature = '', credential = '']: string[]) {
  return { statement, officer, signature, credential }
}
