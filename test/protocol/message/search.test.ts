import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  BATCH_RECORDS_MAX,
  CHECKPOINT_BYTES_MAX,
  ENTRY_BYTES_MAX,
  SHARDS_MAX,
} from '../../../protocol/limits.ts'
import { searchReplies, searchRequests } from '../../../protocol/message/search.ts'
import { PAYLOAD_BYTES_MAX } from '../../../protocol/payload.ts'
import {
  searchReplies as anyReplies,
  searchRequests as anyRequests,
} from '../../support/arbitraries.ts'
import { codeOf, promiseCodec } from '../support/codec-promises.ts'

const promises = suite('a search')

promiseCodec(promises, { ...searchRequests, name: 'search request' }, anyRequests)
promiseCodec(promises, { ...searchReplies, name: 'search reply' }, anyReplies)

promises('request for all shards with the longest payload and proof fits a frame', () => {
  const shards = Array.from({ length: SHARDS_MAX }, (_, shard) => shard)
  const query = {
    log: 'n'.repeat(64),
    entry: new Uint8Array(ENTRY_BYTES_MAX),
    proof: '\n'.repeat(CHECKPOINT_BYTES_MAX),
    batch: {
      entry: new Uint8Array(ENTRY_BYTES_MAX),
      record: BATCH_RECORDS_MAX - 1,
      path: Array.from({ length: 9 }, () => new Uint8Array(32)),
    },
  }
  const request = { query, payload: new Uint8Array(PAYLOAD_BYTES_MAX), shards, epoch: 1 }
  equal(searchRequests.decode(searchRequests.encode(request)), request)
  const more = searchRequests.encode({ ...request, shards: [...shards, 0] })
  is(
    codeOf(() => searchRequests.decode(more)),
    'malformed',
  )
  const beyond = searchRequests.encode({ ...request, shards: [SHARDS_MAX] })
  is(
    codeOf(() => searchRequests.decode(beyond)),
    'malformed',
  )
})

promises.run()
