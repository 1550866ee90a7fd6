import { suite } from 'uvu'
import { is, throws } from 'uvu/assert'
import { parseAddress } from '../../../node/mesh/peer-book.ts'
import { TamgaError } from '../../../protocol/errors.ts'

const promises = suite('an address of a peer')

promises('is written as it was read', () => {
  for (const address of ['/ip4/10.0.0.1/tcp/9000', '/dns4/a.kz/tcp/443/tls/ws', '/unix/%2Fx']) {
    is(parseAddress(address).toString(), address)
  }
})

promises('that cannot be written again is refused at once', () => {
  for (const address of ['x', '/ip4/10.0.0.256', '/unix/%', '/unix/\ud800', '/unix/a\udc00b']) {
    throws(
      () => parseAddress(address),
      (error: unknown) => error instanceof TamgaError && error.code === 'malformed',
      address,
    )
  }
})

promises.run()
