import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { verifyTlogProof } from '../../../crypto/tlog-proof.ts'
import type { Ledger } from '../../../node/log/ledger.ts'
import { HEADS_POLL_MS } from '../../../node/limits.ts'
import { heads, HEADS } from '../../../protocol/message/head.ts'
import { pages, PAGES, pageRequests } from '../../../protocol/message/page.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { entriesOf } from './support/logs.ts'
import { ANCHORS, Ledgers, STORE, type Member, type Misbehaviour } from './support/ledgers.ts'
import { codeOf } from './support/test-disk.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const [WRITER, SECOND, THIRD] = NAMES

const promises = suite('replication')

promises('brings every log to every node, and then keeps up', async () => {
  const { ledgers, members } = await started('keeps up')
  const [writer, second, third] = members
  await ledgers.grow(writer!, 700)
  await ledgers.grow(second!, 300)
  await ledgers.until(() => haveAll(members))
  await ledgers.grow(writer!, 701)
  await ledgers.grow(third!, 2)
  await ledgers.until(() => haveAll(members))
  for (const { ledger } of members) {
    equal(
      ledger.frontier().map(({ size }) => size),
      [701, 300, 2],
    )
    equal(ledger.stored(WRITER).root, writer!.ledger.own.stored.root)
  }
})

promises('lets every node prove every entry of every log', async () => {
  const { ledgers, members } = await started('proves')
  await ledgers.grow(members[0]!, 300)
  await ledgers.until(() => haveAll(members))
  const { network, nodes } = ledgers.roster
  const verifier = logVerifier(network, nodes[0]!)
  for (const { ledger } of members) {
    for (const index of [0, 255, 256, 299]) {
      const { entry, proof } = await ledgers.run(ledger.prove(WRITER, index))
      verifyTlogProof(entry, proof, logOrigin(network, WRITER), verifier)
    }
    is(await ledgers.run(codeOf(ledger.prove(WRITER, 300))), 'not-found')
    is(await ledgers.run(codeOf(ledger.prove('semey', 0))), 'not-found')
  }
})

promises('catches up by asking when all announcements are lost', async () => {
  const ledgers = new Ledgers('mute', NAMES)
  const mute = { isMute: true }
  const members = await ledgers.startAll({ [WRITER]: mute, [SECOND]: mute, [THIRD]: mute })
  await ledgers.grow(members[0]!, 600)
  is(members[1]!.ledger.size(WRITER) < 600, true)
  await ledgers.until(() => haveAll(members))
})

promises('gets a log from a node that has it when its own node is down', async () => {
  const { ledgers, writer, second } = await startedWithoutThird('owner down')
  await ledgers.grow(writer, 600)
  await ledgers.until(() => second.ledger.size(WRITER) === 600)
  ledgers.world.machine(WRITER).crash()
  const third = await ledgers.start(THIRD)
  await ledgers.until(() => third.ledger.size(WRITER) === 600)
  equal(third.ledger.stored(WRITER).root, second.ledger.stored(WRITER).root)
})

const GARBAGE: Record<string, Misbehaviour> = {
  'bytes that are no page': { answers: { [PAGES]: async () => Uint8Array.of(1, 2, 3) } },
  'pages with a changed entry': changedPages(({ entries, proof }) => {
    return { entries: [Uint8Array.of(0), ...entries.slice(1)], proof }
  }),
  'pages with a changed proof': changedPages(({ entries, proof }) => {
    return { entries, proof: proof.map((hash) => hash.with(0, hash[0]! ^ 1)) }
  }),
  'pages of no entries': changedPages(({ proof }) => ({ entries: [], proof })),
  'pages of other entries': changedPages(({ proof }) => {
    return { entries: entriesOf(0, 256, 'other'), proof }
  }),
  'no pages, however long one waits': { answers: { [PAGES]: () => new Promise(() => undefined) } },
  'bytes that are no heads': { answers: { [HEADS]: async () => Uint8Array.of(9) } },
  'heads that nobody signed': {
    answers: { [HEADS]: async () => heads.encode([{ log: WRITER, checkpoint: 'all is mine\n' }]) },
  },
}

for (const [what, misbehaviour] of Object.entries(GARBAGE)) {
  promises(`is not stopped by a peer that answers with ${what}`, async () => {
    const misbehaviours = { [WRITER]: { isMute: true }, [SECOND]: misbehaviour }
    const { ledgers, writer, second } = await startedWithoutThird(what, misbehaviours)
    await ledgers.grow(writer, 600)
    await ledgers.until(() => second.ledger.size(WRITER) === 600)
    const third = await ledgers.start(THIRD)
    await ledgers.until(() => third.ledger.size(WRITER) === 600)
    equal(third.ledger.stored(WRITER).root, writer.ledger.own.stored.root)
    is(third.ledger.mirrors.get(WRITER)?.quarantined, false)
    is(
      [...third.blamed].some((blame) => !blame.startsWith(SECOND)),
      false,
      'nobody else is blamed',
    )
  })
}

promises('blames who delivered pages that are none, or that prove nothing', async () => {
  const expected = { 'bytes that are no page': 'malformed', 'pages of no entries': 'bad-proof' }
  for (const [what, code] of Object.entries(expected)) {
    const misbehaviours = { [SECOND]: GARBAGE[what]! }
    const { ledgers, writer, second } = await startedWithoutThird(`blame ${what}`, misbehaviours)
    await ledgers.grow(writer, 300)
    await ledgers.until(() => second.ledger.size(WRITER) === 300)
    ledgers.world.machine(WRITER).crash()
    const third = await ledgers.start(THIRD)
    await ledgers.until(() => third.blamed.size > 0)
    equal([...third.blamed], [`${SECOND} ${code}`])
    equal([third.ledger.size(WRITER), second.blamed.size], [0, 0])
  }
})

promises('takes pages that are shorter than they could be', async () => {
  const { ledgers, writer } = await startedAlone('short')
  const { own } = writer.ledger
  // So large that a page of 1 MiB holds 17 of them, and 256 take 16 pages.
  const large = Array.from({ length: 300 }, (_, i) => new Uint8Array(60_000).fill(i))
  await ledgers.run(Promise.all(large.map((entry) => own.append(entry))))
  const second = await ledgers.start(SECOND)
  const mirror = second.ledger.mirrors.get(WRITER)!
  await ledgers.until(() => mirror.copied > 0)
  const began = ledgers.world.clock.now()
  await ledgers.until(() => mirror.size === 301)
  equal(mirror.stored.root, own.stored.root)
  ok(ledgers.world.clock.now() - began < HEADS_POLL_MS, 'nothing had to be asked for again')
})

promises('covers what is appended while it pulls', async () => {
  const { ledgers, writer } = await startedAlone('growing')
  await ledgers.grow(writer, 2_000)
  ledgers.world.network.faults = { ...ledgers.world.network.faults, delayMs: { min: 20, max: 60 } }
  const second = await ledgers.start(SECOND)
  const mirror = second.ledger.mirrors.get(WRITER)!
  await ledgers.until(() => mirror.copied > 1)
  ok(mirror.size < 2_000, 'it is in the middle')
  for (let size = 2_050; size <= 2_500; size += 50) await ledgers.grow(writer, size)
  await ledgers.until(() => second.ledger.size(WRITER) === 2_500)
  const asked = second.ledger.stored(WRITER)
  equal(asked.root, writer.ledger.own.stored.root)
})

promises('tells who listens after each growth, and never of what cannot be read yet', async () => {
  const { ledgers, members } = await started('listens')
  const [writer, second] = members
  const heard: number[] = []
  const { ledger } = second!
  ledger.onGrowth((log, size) => {
    if (log !== WRITER) return
    heard.push(size)
    ok(ledger.size(WRITER) === size && ledger.stored(WRITER).size >= size)
  })
  for (const size of [10, 300, 301]) {
    await ledgers.grow(writer!, size)
    await ledgers.until(() => ledger.size(WRITER) === size)
  }
  equal([heard.at(-1), heard.toSorted((a, b) => a - b)], [301, heard])
})

promises('goes on after a crash in the middle of a catch-up', async () => {
  const { ledgers, writer } = await startedAlone('crash')
  await ledgers.grow(writer, 3_000)
  for (let crash = 0; crash < 3; crash += 1) {
    const second = await ledgers.start(SECOND)
    const mirror = second.ledger.mirrors.get(WRITER)!
    const { copied } = mirror
    await ledgers.until(() => mirror.copied > copied + 256)
    ledgers.world.machine(SECOND).crash()
  }
  const second = await ledgers.start(SECOND)
  await ledgers.until(() => second.ledger.size(WRITER) === 3_000)
  equal(second.ledger.stored(WRITER).root, writer.ledger.own.stored.root)
})

promises('writes nothing more once it is closed', async () => {
  const { ledgers, writer } = await startedAlone('close')
  await ledgers.grow(writer, 3_000)
  const second = await ledgers.start(SECOND)
  const mirror = second.ledger.mirrors.get(WRITER)!
  await ledgers.until(() => mirror.copied > 1)
  let isClosed = false
  const closed = second.replicator.close().then(() => (isClosed = true))
  is(isClosed, false, 'a page is under way')
  await ledgers.run(closed)
  const { copied, size } = mirror
  ok(copied < 3_000)
  await ledgers.run(second.store.close())
  await ledgers.grow(writer, 3_001)
  await ledgers.pass(20_000)
  equal([mirror.copied, mirror.size, mirror.isBroken], [copied, size, false])
})

promises('serves what is covered, and nothing beyond', async () => {
  const { ledgers, members } = await started('serves')
  await ledgers.grow(members[0]!, 300)
  await ledgers.until(() => haveAll(members))
  ledgers.world.machine(THIRD).crash()
  const { mesh, clock } = ledgers.world.machine(THIRD).boot()
  const ask = (log: string, start: number, size: number): Promise<Uint8Array> => {
    const deadline = clock.now() + 1_000
    return mesh.call(SECOND, PAGES, pageRequests.encode({ log, start, size }), { deadline })
  }
  const page = pages.decode(await ledgers.run(ask(WRITER, 256, 300)))
  is(page.entries.length, 44)
  for (const [log, start, size] of [
    [WRITER, 0, 301],
    [WRITER, 300, 300],
    [WRITER, 400, 300],
    ['semey', 0, 1],
  ] as const) {
    is(await ledgers.run(codeOf(ask(log, start, size))), 'not-found')
  }
  const malformed = mesh.call(SECOND, PAGES, Uint8Array.of(1), { deadline: clock.now() + 1_000 })
  is(await ledgers.run(codeOf(malformed)), 'malformed')
})

promises('stops at a log that contradicts itself, and at no other', async () => {
  const { ledgers, members } = await started('two histories')
  const [writer, second, third] = members
  await ledgers.grow(writer!, 300)
  await ledgers.until(() => haveAll(members))
  // The writer's disks come back from a backup, and without asking it runs on from there.
  const machine = ledgers.world.machine(WRITER)
  const store = machine.disk(STORE).image()
  const anchors = machine.anchorDisk(ANCHORS).image()
  await ledgers.grow(writer!, 310)
  await ledgers.until(() => haveAll(members))
  machine.crash()
  machine.disk(STORE).restore(store)
  machine.anchorDisk(ANCHORS).restore(anchors)
  const restored = await ledgers.start(WRITER, { isReckless: true })
  await ledgers.run(restored.ledger.own.append(Uint8Array.of(1)))
  const isQuarantined = ({ ledger }: Member): boolean => ledger.mirrors.get(WRITER)!.quarantined
  await ledgers.until(() => isQuarantined(second!) && isQuarantined(third!))
  await ledgers.grow(second!, 20)
  await ledgers.until(() => third!.ledger.size(SECOND) === 20)
  equal([third!.ledger.size(WRITER), third!.ledger.isBroken], [310, false])
})

promises.run()

async function started(seed: string): Promise<{ ledgers: Ledgers; members: Member[] }> {
  const ledgers = new Ledgers(seed, NAMES)
  return { ledgers, members: await ledgers.startAll() }
}

/** The third node said that it knows nothing of the others' logs; then its disks were lost. */
async function startedWithoutThird(
  seed: string,
  misbehaviours: Readonly<Record<string, Misbehaviour>> = {},
) {
  const ledgers = new Ledgers(seed, NAMES)
  const [writer, second] = await ledgers.startAll(misbehaviours)
  ledgers.wipe(THIRD)
  return { ledgers, writer: writer!, second: second! }
}

/** Nor is the second one there any more. */
async function startedAlone(seed: string) {
  const { ledgers, writer } = await startedWithoutThird(seed)
  ledgers.wipe(SECOND)
  return { ledgers, writer }
}

/** Whether every node has of every log what its writer has. */
function haveAll(members: readonly Member[]): boolean {
  const owns = members.map(({ ledger }) => ledger.own)
  const has = (ledger: Ledger): boolean => owns.every((own) => ledger.size(own.name) === own.size)
  return members.every(({ ledger }) => has(ledger))
}

function changedPages(
  change: (page: ReturnType<typeof pages.decode>) => ReturnType<typeof pages.decode>,
): Misbehaviour {
  const answer = async (proper: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    return pages.encode(change(pages.decode(await proper())))
  }
  return { answers: { [PAGES]: answer } }
}
