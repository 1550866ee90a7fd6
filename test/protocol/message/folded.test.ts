import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { foldedReplies, foldedRequests } from '../../../protocol/message/folded.ts'
import {
  foldedReplies as anyReplies,
  foldedRequests as anyRequests,
} from '../../support/arbitraries.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('the question whether an entry is known')

promiseCodec(promises, { ...foldedRequests, name: 'request' }, anyRequests)
promiseCodec(promises, { ...foldedReplies, name: 'reply' }, anyReplies)

promises('with the longest name and the highest number fits', () => {
  const request = { log: 'ж'.repeat(32), index: Number.MAX_SAFE_INTEGER }
  equal(foldedRequests.decode(foldedRequests.encode(request)), request)
})

promises.run()
