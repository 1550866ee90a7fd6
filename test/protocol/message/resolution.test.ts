import { suite } from 'uvu'
import { resolutionReplies, resolutionRequests } from '../../../protocol/message/resolution.ts'
import {
  resolutionReplies as anyReplies,
  resolutionRequests as anyRequests,
} from '../../support/arbitraries.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('the question whose number it is')

promiseCodec(promises, { ...resolutionRequests, name: 'request' }, anyRequests)
promiseCodec(promises, { ...resolutionReplies, name: 'reply' }, anyReplies)

promises.run()
