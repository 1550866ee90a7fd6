import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import {
  compareAccesses,
  openAccessList,
  signAccessList,
  type Access,
  type AccessList,
} from '../../protocol/access-list.ts'
import { openBreachReport } from '../../protocol/breach-report.ts'
import { NODES_MAX, SIGNATURES_MAX, TEXT_BYTES_MAX } from '../../protocol/limits.ts'
import { LIST_ROWS_MAX } from '../../protocol/signed-list.ts'
import { accesses, accessLists as lists } from '../support/arbitrary-lists.ts'
import { check, codeOf } from './support/codec-promises.ts'

const promises = suite('an access list on the wire')
const most = Number.MAX_SAFE_INTEGER
const node = signerFromSeed(new Uint8Array(32).fill(7))

promises('comes back as it was', () => {
  check(lists, (list) => equal(opened(signAccessList(list, node)), list))
})

promises('is no report of a breach, whoever signed it', () => {
  check(lists, (list) => {
    const code = codeOf(() => openBreachReport(signAccessList(list, node), () => node.publicKey))
    is(code, 'malformed')
  })
})

promises(
  'has room for a full page of the longest rows, and for the checkpoints of all logs',
  () => {
    const longest = pageOf(LIST_ROWS_MAX)
    equal(opened(signAccessList(longest, node)), longest)
    is(
      codeOf(() => opened(signAccessList(pageOf(LIST_ROWS_MAX + 1), node))),
      'malformed',
    )
  },
)

promises('has an order in which no two of its rows are equal', () => {
  check(fc.tuple(accesses, accesses), ([a, b]) => {
    const isSame = a.at === b.at && a.log === b.log && a.index === b.index && a.record === b.record
    is(compareAccesses(a, b) === 0, isSame)
    is(Math.sign(compareAccesses(a, b)), -Math.sign(compareAccesses(b, a)) + 0)
  })
})

promises.run()

function opened(encoded: Uint8Array): AccessList {
  return openAccessList(encoded, () => node.publicKey)
}

function pageOf(rows: number): AccessList {
  const name = 'n'.repeat(64)
  const by = Array.from({ length: SIGNATURES_MAX }, () => ({
    organisation: name,
    role: 'auditor' as const,
    purpose: 'other' as const,
    legalBasis: 'b'.repeat(TEXT_BYTES_MAX),
  }))
  const leaf = new Uint8Array(32).fill(1)
  const path = Array.from({ length: 63 }, () => leaf)
  const row: Access = {
    log: name,
    index: most,
    record: undefined,
    leaf,
    path,
    batch: undefined,
    at: most,
    kind: 'refused',
    by,
  }
  return {
    network: 'n'.repeat(TEXT_BYTES_MAX),
    node: name,
    handle: new Uint8Array(16),
    at: most,
    // Sixteen cosignatures of some 150 characters each.
    frontier: Array.from({ length: NODES_MAX }, () => {
      return { node: name, size: most, checkpoint: 'c'.repeat(2_600) }
    }),
    unheard: Array.from({ length: NODES_MAX }, () => name),
    offset: most,
    total: most,
    accesses: Array.from({ length: rows }, () => row),
  }
}
