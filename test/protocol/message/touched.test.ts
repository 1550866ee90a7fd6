import { suite } from 'uvu'
import { touchedReplies, touchedRequests } from '../../../protocol/message/touched.ts'
import {
  touchedReplies as anyReplies,
  touchedRequests as anyRequests,
} from '../../support/arbitrary-batches.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('a message about access records: touched')

promiseCodec(promises, { ...touchedRequests, name: 'touched request' }, anyRequests)
promiseCodec(promises, { ...touchedReplies, name: 'touched reply' }, anyReplies)

promises.run()
