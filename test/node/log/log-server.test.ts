import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { verifyConsistency } from '../../../crypto/merkle/consistency.ts'
import { PAGE_BYTES_MAX } from '../../../protocol/limits.ts'
import {
  CONSISTENCY,
  consistencyReplies,
  consistencyRequests,
} from '../../../protocol/message/consistency.ts'
import { pageRequests, pages, PAGES } from '../../../protocol/message/page.ts'
import { STANDING, standingReplies, standingRequests } from '../../../protocol/message/standing.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { Ledgers } from './support/ledgers.ts'
import { noteOf } from './support/logs.ts'
import { codeOf } from './support/test-disk.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const [WRITER, SECOND, THIRD] = NAMES
const SIZE = 300

const promises = suite('what peers are told of logs')

promises('is the root at any size, and that the log has only grown since', async () => {
  const { ledgers, writer, ask } = await asking('consistency')
  const { stored } = writer.ledger.own
  for (const peer of [WRITER, SECOND]) {
    for (const [from, to] of [
      [1, SIZE],
      [256, SIZE],
      [7, 299],
      [SIZE, SIZE],
    ] as const) {
      const request = consistencyRequests.encode({ log: WRITER, from, to })
      const reply = consistencyReplies.decode(await ask(peer, CONSISTENCY, request))
      equal(reply.root, await ledgers.run(stored.rootAt(from)))
      const sizes = { size1: BigInt(from), size2: BigInt(to) }
      const root2 = await ledgers.run(stored.rootAt(to))
      verifyConsistency({ ...sizes, root1: reply.root, root2, proof: reply.proof })
    }
  }
})

promises('says nothing of sizes that the log has not', async () => {
  const { ask } = await asking('no such size')
  for (const [log, from, to] of [
    [WRITER, 0, SIZE],
    [WRITER, 2, 1],
    [WRITER, 1, SIZE + 1],
    ['semey', 1, 1],
  ] as const) {
    const request = consistencyRequests.encode({ log, from, to })
    is(await codeOf(ask(SECOND, CONSISTENCY, request)), 'not-found')
  }
  is(await codeOf(ask(SECOND, CONSISTENCY, Uint8Array.of(1))), 'malformed')
})

promises('is how far a log is known to go, and how far it can be had', async () => {
  const { ledgers, writer, ask } = await asking('standing')
  const standing = async (log: string) => {
    return standingReplies.decode(await ask(SECOND, STANDING, standingRequests.encode({ log })))
  }
  const note = noteOf(writer.ledger.own)
  equal(await standing(WRITER), { known: note, held: note })
  equal(await standing('semey'), { known: '', held: '' })
  // A witness is shown a checkpoint before its mirror has the pages.
  const unheard = ledgers.world.network.silence(WRITER, PAGES)
  await ledgers.grow(writer, SIZE + 10)
  await ledgers.pass(1_000)
  unheard()
  const { known, held } = await standing(WRITER)
  const { network, nodes } = ledgers.roster
  const key = logVerifier(network, nodes[0]!)
  is(openCheckpoint(known, logOrigin(network, WRITER), key).size, BigInt(SIZE + 10))
  is(held, note)
})

promises('is a page no longer than it may be, however long the entries are', async () => {
  const { ledgers, writer, ask } = await asking('long entries')
  const { own } = writer.ledger
  const long = Array.from({ length: 30 }, (_, i) => new Uint8Array(60_000).fill(i))
  await ledgers.run(Promise.all(long.map((entry) => own.append(entry))))
  const request = pageRequests.encode({ log: WRITER, start: SIZE, size: own.size })
  const { entries } = pages.decode(await ask(WRITER, PAGES, request))
  const bytes = entries.reduce((sum, { length }) => sum + length, 0)
  ok(bytes <= PAGE_BYTES_MAX && bytes + 60_000 > PAGE_BYTES_MAX, `${bytes} bytes`)
  equal(entries, long.slice(0, entries.length))
})

promises.run()

/** The third machine asks, in the place of its node. */
async function asking(seed: string) {
  const ledgers = new Ledgers(seed, NAMES)
  const [writer, second] = await ledgers.startAll()
  await ledgers.grow(writer!, SIZE)
  await ledgers.until(() => second!.ledger.size(WRITER) === SIZE)
  ledgers.world.machine(THIRD).crash()
  const { mesh, clock } = ledgers.world.machine(THIRD).boot()
  const ask = (peer: string, protocol: string, request: Uint8Array): Promise<Uint8Array> => {
    const deadline = clock.now() + 1_000
    return ledgers.run(mesh.call(peer, protocol, request, { deadline }))
  }
  return { ledgers, writer: writer!, ask }
}
