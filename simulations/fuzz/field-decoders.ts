/** What other systems of the field send: MOSIP's messages and CBEFF files. */
import { concatBytes, toBase64, utf8 } from '../../crypto/bytes.ts'
import { readCbeff } from '../../node/fields/mosip/cbeff.ts'
import { FAILURES, MosipFailure } from '../../node/fields/mosip/failure.ts'
import { headOf, parseMessage, requestOf } from '../../node/fields/mosip/mosip-request.ts'
import { isEnvelope, openEnvelope } from '../../node/fields/mosip/share-envelope.ts'
import { readXml } from '../../node/fields/mosip/xml.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { cbeffFile } from '../../test/node/fields/mosip/support/cbeff-file.ts'
import { envelopeKey, sealEnvelope } from '../../test/node/fields/mosip/support/envelope.ts'
import { testPerson } from '../../test/support/test-person.ts'
import { bytesDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'

const refuses = [refusal(MosipFailure, 'invalid-cbeff')]
const [FINGER] = testPerson('somebody').capture()

const FILE = cbeffFile([
  { type: 'Finger', subtype: 'Right IndexFinger', data: FINGER!.template },
  { type: 'Iris', subtype: 'Left', data: utf8('an iris') },
])

const REQUEST = {
  version: '1.1',
  requestId: '91234567-89AB-CDEF-0123-456789ABCDEF',
  requesttime: '2020-03-29T07:01:24.692Z',
  referenceId: '01234567-89AB-CDEF-0123-456789ABCDEF',
  referenceURL: 'https://mosip.example/v1/datashare/get/a/b/c',
}
const GALLERY = { referenceIds: [{ referenceId: '2abe7b7d' }, { referenceId: '7acce7b7' }] }
const FLAGS = { maxResults: '10', targetFPIR: '30', flag1: 'value1' }

export const FIELD_DECODERS: readonly Decoder[] = [
  textDecoder({
    name: 'mosip-request',
    covers: [
      'node/fields/mosip/mosip-request.ts#parseMessage',
      'node/fields/mosip/mosip-request.ts#requestOf',
    ],
    seeds: () => [
      JSON.stringify({ id: 'mosip.abis.insert', ...REQUEST }),
      JSON.stringify({ id: 'mosip.abis.identify', ...REQUEST, gallery: GALLERY, flags: FLAGS }),
      JSON.stringify({ id: 'mosip.abis.delete', ...REQUEST }),
      JSON.stringify({ id: 'mosip.abis.ping', ...REQUEST }),
    ],
    decode: (text) => {
      const message = parseMessage(text)
      return [headOf(message), requestOf(message)]
    },
    refuses: [
      refusal(TamgaError, 'malformed', 'too-large'),
      refusal(MosipFailure, ...Object.keys(FAILURES)),
    ],
    isForeign: true,
  }),
  textDecoder({
    name: 'xml',
    covers: ['node/fields/mosip/xml.ts#readXml'],
    seeds: () => [FILE, '<?xml version="1.0" ?><a b="c"><!-- d --><e:f/><![CDATA[<]]>&lt;</a>'],
    decode: readXml,
    refuses,
  }),
  bytesDecoder({
    name: 'cbeff',
    covers: ['node/fields/mosip/cbeff.ts#readCbeff'],
    seeds: () => [utf8(FILE)],
    decode: readCbeff,
    refuses,
    isForeign: true,
  }),
  bytesDecoder({
    name: 'mosip-envelope',
    covers: ['node/fields/mosip/share-envelope.ts#openEnvelope'],
    seeds: () => (['1.2.0', '1.1.5.5'] as const).map((of) => sealEnvelope(utf8(FILE), of)),
    decode: (bytes) => [isEnvelope(bytes), toBase64(concatBytes(openEnvelope(bytes, envelopeKey)))],
    refuses,
    isForeign: true,
  }),
]
