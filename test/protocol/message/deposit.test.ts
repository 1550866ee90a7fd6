import { suite } from 'uvu'
import { deposits } from '../../../protocol/message/deposit.ts'
import { deposits as anyDeposits } from '../../support/arbitraries.ts'
import { promiseCodec } from '../support/codec-promises.ts'

const promises = suite('a deposit')

promiseCodec(promises, { ...deposits, name: 'deposit' }, anyDeposits)

promises.run()
