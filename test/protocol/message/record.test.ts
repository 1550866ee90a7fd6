import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { recordReplies, recordRequests } from '../../../protocol/message/record.ts'
import { SEALED_BYTES_MAX } from '../../../protocol/sealed-record.ts'
import {
  recordReplies as anyReplies,
  recordRequests as anyRequests,
} from '../../support/arbitraries.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('a question for a sealed record')

promiseCodec(promises, { ...recordRequests, name: 'request' }, anyRequests)
promiseCodec(promises, { ...recordReplies, name: 'reply' }, anyReplies)

promises('can be answered with the longest of them', () => {
  const longest = new Uint8Array(SEALED_BYTES_MAX)
  equal(recordReplies.decode(recordReplies.encode(longest)), longest)
})

promises.run()
