/** Access records: batches of them, what proves one in its batch, and what nodes ask of them. */
import { hashLeaf } from '../../crypto/hash.ts'
import {
  decodeRecord,
  groupRecords,
  proveRecord,
  recordBatches,
  verifyRecord,
} from '../../protocol/access-record.ts'
import { provenRecordShape, type ProvenRecord } from '../../protocol/answer.ts'
import { codec } from '../../protocol/codec.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { ANSWER_BYTES_MAX } from '../../protocol/limits.ts'
import { batchReplies, batchRequests } from '../../protocol/message/batch.ts'
import { touchedReplies, touchedRequests } from '../../protocol/message/touched.ts'
import * as arbitrary from '../../test/support/arbitraries.ts'
import * as batches from '../../test/support/arbitrary-batches.ts'
import { messageDecoder, refusal, type Decoder } from './decoder.ts'
import { sampled } from './sampled.ts'

const plain = [refusal(TamgaError, 'malformed', 'too-large')]

const RECORDS = [1, 2, 3, 4, 5].map((byte) => {
  return { post: byte < 3 ? 'a' : 'b', bytes: new Uint8Array(40).fill(byte) }
})
const BATCH = encodeEntry({ type: 'batch', at: 1, ...groupRecords(RECORDS) })

const proven = codec('proven record', ANSWER_BYTES_MAX, provenRecordShape)

/** Each record of a batch with its proof. */
const PROVEN: readonly Uint8Array[] = await Promise.all(
  RECORDS.map(async ({ bytes }, record) => {
    const batch = await proveRecord(
      BATCH,
      RECORDS.map((one) => one.bytes),
      record,
    )
    const shown: ProvenRecord = { log: 'a', entry: bytes, proof: '', batch }
    return proven.encode(shown)
  }),
)

export const ACCESS_DECODERS: readonly Decoder[] = [
  messageDecoder({
    name: 'access-record',
    covers: ['protocol/access-record.ts#decodeRecord'],
    seeds: sampled(arbitrary.searchEntries, encodeEntry),
    decode: decodeRecord,
    encode: encodeEntry,
    refuses: plain,
  }),
  messageDecoder({
    name: 'access-records',
    covers: ['protocol/access-record.ts#recordBatches'],
    seeds: sampled(batches.recordLists, recordBatches.encode),
    decode: recordBatches.decode,
    encode: recordBatches.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'record-proof',
    covers: ['protocol/access-record.ts#verifyRecord'],
    seeds: () => PROVEN,
    decode: (bytes) => {
      const { entry, batch } = proven.decode(bytes)
      return batch && verifyRecord(hashLeaf(entry), batch)
    },
    refuses: [refusal(TamgaError, 'malformed', 'too-large', 'bad-proof')],
  }),
  messageDecoder({
    name: 'batch-request',
    covers: ['protocol/message/batch.ts#batchRequests'],
    seeds: sampled(batches.batchRequests, batchRequests.encode),
    decode: batchRequests.decode,
    encode: batchRequests.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'batch-reply',
    covers: ['protocol/message/batch.ts#batchReplies'],
    seeds: sampled(batches.batchReplies, batchReplies.encode),
    decode: batchReplies.decode,
    encode: batchReplies.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'touched-request',
    covers: ['protocol/message/touched.ts#touchedRequests'],
    seeds: sampled(batches.touchedRequests, touchedRequests.encode),
    decode: touchedRequests.decode,
    encode: touchedRequests.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'touched-reply',
    covers: ['protocol/message/touched.ts#touchedReplies'],
    seeds: sampled(batches.touchedReplies, touchedReplies.encode),
    decode: touchedReplies.decode,
    encode: touchedReplies.encode,
    refuses: plain,
  }),
]
