import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import {
  encodeBreachFacts,
  openBreachReport,
  signBreachReport,
  type BreachAct,
  type BreachReport,
} from '../../protocol/breach-report.ts'
import { CANDIDATES_MAX, NODES_MAX, TEXT_BYTES_MAX } from '../../protocol/limits.ts'
import { LIST_ROWS_MAX } from '../../protocol/signed-list.ts'
import { breachReports as reports } from '../support/arbitrary-lists.ts'
import { check, codeOf } from './support/codec-promises.ts'

const promises = suite('a breach report on the wire')
const most = Number.MAX_SAFE_INTEGER
const node = signerFromSeed(new Uint8Array(32).fill(7))

promises('comes back as it was', () => {
  check(reports, (report) => equal(opened(signBreachReport(report, node)), report))
})

promises(
  'has room for a full page of the longest acts, and for the checkpoints of all logs',
  () => {
    const longest = pageOf(LIST_ROWS_MAX)
    equal(opened(signBreachReport(longest, node)), longest)
    is(
      codeOf(() => opened(signBreachReport(pageOf(LIST_ROWS_MAX + 1), node))),
      'malformed',
    )
  },
)

promises('is compared by all that it says of an act, and not by the proof', () => {
  const [act] = pageOf(1).acts
  const encoded = encodeBreachFacts(act!)
  equal(encodeBreachFacts({ ...act!, path: [] } as BreachAct), encoded)
  is(Buffer.compare(encodeBreachFacts({ ...act!, case: undefined }), encoded) === 0, false)
})

promises.run()

function opened(encoded: Uint8Array): BreachReport {
  return openBreachReport(encoded, () => node.publicKey)
}

function pageOf(rows: number): BreachReport {
  const name = 'n'.repeat(64)
  const leaf = new Uint8Array(32).fill(1)
  const act: BreachAct = {
    log: name,
    index: most,
    record: undefined,
    leaf,
    path: Array.from({ length: 63 }, () => leaf),
    batch: undefined,
    at: most,
    what: 'resolution',
    handles: Array.from({ length: CANDIDATES_MAX }, () => new Uint8Array(16)),
    case: leaf,
    extent: 'unknown',
  }
  return {
    network: 'n'.repeat(TEXT_BYTES_MAX),
    node: name,
    officer: leaf,
    from: most,
    to: most,
    at: most,
    // Sixteen cosignatures of some 150 characters each.
    frontier: Array.from({ length: NODES_MAX }, () => {
      return { node: name, size: most, checkpoint: 'c'.repeat(2_600) }
    }),
    unheard: Array.from({ length: NODES_MAX }, () => name),
    offset: most,
    total: most,
    acts: Array.from({ length: rows }, () => act),
  }
}
