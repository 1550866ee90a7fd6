import { suite } from 'uvu'
import {
  claimReplies,
  claimRequests,
  resolutionReplies,
  resolutionRequests,
} from '../../../protocol/message/resolution.ts'
import * as arbitrary from '../../support/arbitrary-numbers.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('the question whose number it is')

promiseCodec(promises, { ...resolutionRequests, name: 'request' }, arbitrary.resolutionRequests)
promiseCodec(promises, { ...resolutionReplies, name: 'reply' }, arbitrary.resolutionReplies)
promiseCodec(promises, { ...claimRequests, name: 'claim' }, arbitrary.claimRequests)
promiseCodec(promises, { ...claimReplies, name: 'answer to a claim' }, arbitrary.claimReplies)

promises.run()
