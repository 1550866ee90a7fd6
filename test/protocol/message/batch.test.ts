import { suite } from 'uvu'
import { batchReplies, batchRequests } from '../../../protocol/message/batch.ts'
import {
  batchReplies as anyReplies,
  batchRequests as anyRequests,
} from '../../support/arbitrary-batches.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('a message about access records: batch')

promiseCodec(promises, { ...batchRequests, name: 'batch request' }, anyRequests)
promiseCodec(promises, { ...batchReplies, name: 'batch reply' }, anyReplies)

promises.run()
