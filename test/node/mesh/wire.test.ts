import { assert, integer, property, string, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { PREFIX_BYTES } from '../../../node/mesh/frame.ts'
import {
  decodeMessage,
  encodeAnswer,
  encodeCancel,
  encodeError,
  encodeRequest,
  MESSAGE_BYTES_MAX,
  remainingMs,
} from '../../../node/mesh/wire.ts'
import { codeFromWire, CONSEQUENCES, TamgaError } from '../../../protocol/errors.ts'

const ids = integer({ min: 0, max: 4_294_967_295 })

const promises = suite('a message on the wire')

promises('is read as it was written', () => {
  const times = integer({ min: 0, max: 2_147_483_647 })
  assert(
    property(ids, times, uint8Array(), (id, remaining, payload) => {
      const request = { kind: 'request', id, remainingMs: remaining, payload }
      equal(decoded(encodeRequest(id, remaining, payload)), request)
      equal(decoded(encodeAnswer(id, payload)), { kind: 'answer', id, payload })
      equal(decoded(encodeCancel(id)), { kind: 'cancel', id })
    }),
  )
})

promises('carries every error code', () => {
  for (const { wire } of Object.values(CONSEQUENCES)) {
    const code = codeFromWire(wire)
    const frame = encodeError(7, new TamgaError(code, 'why'))
    equal(decoded(frame), { kind: 'error', id: 7, code, message: 'why' })
  }
})

promises('cuts a long reason between two characters', () => {
  assert(
    property(string({ unit: 'binary', minLength: 0, maxLength: 1_000 }), (reason) => {
      const read = decoded(encodeError(0, new TamgaError('internal', reason)))
      if (read.kind !== 'error') throw new Error('not an error')
      is(reason.toWellFormed().startsWith(read.message), true)
      is(Buffer.byteLength(read.message) > MESSAGE_BYTES_MAX, false)
    }),
  )
})

promises('has bytes that other implementations can rely on', () => {
  const request = encodeRequest(0x01020304, 1_000, new Uint8Array([0xaa]))
  is(Buffer.from(request).toString('hex'), '0000000a0102030401000003e8aa')
  const error = encodeError(5, new TamgaError('deadline', 'é'))
  is(Buffer.from(error).toString('hex'), '0000000800000005030ac3a9')
})

const notMessages: [name: string, hex: string][] = [
  ['nothing', ''],
  ['half a head', '00000001'],
  ['a kind that does not exist', '0000000109'],
  ['a request without its time', '00000001010000'],
  ['an error without its code', '0000000103'],
  ['an error with a reason too long', '000000010301' + '61'.repeat(MESSAGE_BYTES_MAX + 1)],
  ['a cancellation with a payload', '000000010400'],
]
for (const [name, hex] of notMessages) {
  promises(`is not ${name}`, () => {
    throws(() => decodeMessage(Buffer.from(hex, 'hex')), isMalformed)
  })
}

promises('takes an unknown error code for the fault of who sent it', () => {
  const read = decodeMessage(Buffer.from('0000000103ff', 'hex'))
  is(read.kind === 'error' && read.code, 'malformed')
})

promises('either is one or is refused, whatever the bytes', () => {
  assert(
    property(uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        decodeMessage(bytes)
      } catch (error) {
        is(isMalformed(error), true)
      }
    }),
  )
})

promises('carries a time that a timer can hold', () => {
  is(remainingMs(Number.POSITIVE_INFINITY, 0), 2_147_483_647)
  is(remainingMs(100.2, 100), 1)
  is(remainingMs(99, 100), 0)
  is(remainingMs(Number.NaN, 100), 0)
  const endless = decodeMessage(Buffer.from('0000000101ffffffff', 'hex'))
  is(endless.kind === 'request' && endless.remainingMs, 2_147_483_647)
})

promises.run()

function decoded(frame: Uint8Array): ReturnType<typeof decodeMessage> {
  return decodeMessage(frame.subarray(PREFIX_BYTES))
}

function isMalformed(error: unknown): boolean {
  return error instanceof TamgaError && error.code === 'malformed'
}
