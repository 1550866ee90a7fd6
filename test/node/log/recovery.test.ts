import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { STANDING_RETRY_MS } from '../../../node/limits.ts'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { equalBytes } from '../../../crypto/bytes.ts'
import { CONSISTENCY } from '../../../protocol/message/consistency.ts'
import { PAGES, pages } from '../../../protocol/message/page.ts'
import { STANDING, standingReplies } from '../../../protocol/message/standing.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { entriesOf, noteOf } from './support/logs.ts'
import { ANCHORS, Ledgers, STORE, type Member } from './support/ledgers.ts'
import { codeOf } from './support/test-disk.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const [WRITER, SECOND, THIRD] = NAMES
const FOUR = [...NAMES, 'semey'] as const

/** Long enough that whatever is going to happen has happened. */
const LONG_MS = 20 * STANDING_RETRY_MS

const promises = suite('a node that starts')

promises('begins its log once all others have said that they know of none', async () => {
  const ledgers = new Ledgers('fresh', NAMES)
  const writer = await ledgers.start(WRITER)
  await isWaiting(ledgers, writer)
  const second = await ledgers.start(SECOND)
  await isWaiting(ledgers, writer)
  const third = await ledgers.start(THIRD)
  await ready(ledgers, writer, second, third)
  for (const { ledger } of [writer, second, third]) {
    equal([ledger.own.size, ledger.own.isSigning], [1, true])
  }
})

promises('signs again after a restart, where it stopped', async () => {
  const { ledgers, members } = await grown('restart', 300)
  const note = noteOf(members[0]!.ledger.own)
  ledgers.world.machine(WRITER).crash()
  const again = await ledgers.start(WRITER)
  equal([again.ledger.own.size, again.ledger.own.checkpoint], [300, note])
  is(again.ledger.own.isSigning, false, 'not before it has asked')
  await ready(ledgers, again)
  equal([again.ledger.own.size, again.ledger.own.checkpoint], [300, note])
  is(await ledgers.run(again.ledger.own.append(Uint8Array.of(1))), 300)
})

promises('does not sign while the silent ones could be a quorum with it', async () => {
  const { ledgers, members } = await grown('silent', 300)
  const entries = await ledgers.run(members[0]!.ledger.own.stored.entries(0, 300))
  for (const name of NAMES) ledgers.world.machine(name).crash()
  const writer = await ledgers.start(WRITER)
  await isWaiting(ledgers, writer)
  equal(await ledgers.run(writer.ledger.own.stored.entries(0, 300)), entries, 'it can be read')
  await ledgers.start(SECOND)
  await isWaiting(ledgers, writer)
  await ledgers.start(THIRD)
  await ready(ledgers, writer)
  is(writer.ledger.own.isSigning, true)
})

promises('does not wait for one that is down where the others are enough', async () => {
  const ledgers = new Ledgers('three of four', FOUR)
  const [writer] = await ledgers.startAll()
  await ledgers.grow(writer!, 300)
  ledgers.world.machine('semey').crash()
  ledgers.world.machine(WRITER).crash()
  const again = await ledgers.start(WRITER)
  await ready(ledgers, again)
  equal([again.ledger.own.isSigning, again.ledger.own.size], [true, 300])
})

promises('gets its whole log and its mirrors back when its disks are lost', async () => {
  const { ledgers, members } = await grown('wiped', 700)
  await ledgers.grow(members[1]!, 300)
  await ledgers.until(() => haveAll(members))
  const { root } = members[0]!.ledger.own.stored
  const entries = await ledgers.run(members[0]!.ledger.own.stored.entries(0, 700))
  ledgers.wipe(WRITER)
  const again = await ledgers.start(WRITER)
  equal([again.ledger.own.size, again.ledger.own.checkpoint], [0, undefined])
  await ready(ledgers, again)
  const { own } = again.ledger
  equal([own.size, own.isSigning, own.refusal, own.ahead], [700, true, undefined, undefined])
  equal(own.stored.root, root)
  equal(await ledgers.run(own.stored.entries(0, 700)), entries)
  is(await ledgers.run(own.append(Uint8Array.of(1))), 700, 'it goes on behind it')
  await ledgers.until(() => haveAll([again, members[1]!, members[2]!]))
  is(again.ledger.size(SECOND), 300)
  areGood(ledgers, [again, members[1]!, members[2]!])
})

for (const { what, labels } of [
  { what: 'store and anchors', labels: [STORE, ANCHORS] },
  { what: 'store', labels: [STORE] },
]) {
  promises(`gets back what is newer than an old backup of its ${what}`, async () => {
    const { ledgers, members } = await grown(`backup of ${what}`, 300)
    const restore = backup(ledgers)
    await ledgers.grow(members[0]!, 310)
    await ledgers.grow(members[0]!, 600)
    await ledgers.until(() => haveAll(members))
    const { checkpoint, stored } = members[0]!.ledger.own
    ledgers.world.machine(WRITER).crash()
    restore(labels)
    const again = await ledgers.start(WRITER)
    equal([again.ledger.own.size, again.ledger.own.isSigning], [300, false])
    await ready(ledgers, again)
    equal([again.ledger.own.size, again.ledger.own.checkpoint], [600, checkpoint])
    equal(again.ledger.own.stored.root, stored.root)
    is(await ledgers.run(again.ledger.own.append(Uint8Array.of(1))), 600)
    await ledgers.until(() => haveAll([again, members[1]!, members[2]!]))
    areGood(ledgers, [again, members[1]!, members[2]!])
  })
}

promises('refuses when its anchors alone came back from a backup', async () => {
  const { ledgers, members } = await grown('old anchors', 300)
  const restore = backup(ledgers)
  await ledgers.grow(members[0]!, 600)
  ledgers.world.machine(WRITER).crash()
  restore([ANCHORS])
  const again = await ledgers.start(WRITER)
  await ready(ledgers, again)
  match(again.ledger.own.refusal ?? '', /600 signed entries, the anchor 300/)
  await isWaiting(ledgers, again)
  is(again.ledger.own.size, 600, 'what is there can be read')
})

for (const size of [305, 310, 320]) {
  promises(`refuses when its key has gone on elsewhere from a copy: here ${size}`, async () => {
    const { ledgers, members } = await grown(`clone ${size}`, 300)
    const restore = backup(ledgers)
    await ledgers.grow(members[0]!, 310)
    await ledgers.until(() => haveAll(members))
    ledgers.world.machine(WRITER).crash()
    restore([STORE, ANCHORS])
    ledgers.world.network.partition([[WRITER]])
    const clone = await ledgers.start(WRITER, { isReckless: true })
    const appends = entriesOf(300, size, 'clone').map((entry) => clone.ledger.own.append(entry))
    await ledgers.run(Promise.all(appends))
    ledgers.world.machine(WRITER).crash()
    ledgers.world.network.heal()
    const again = await ledgers.start(WRITER)
    await ready(ledgers, again)
    match(again.ledger.own.refusal ?? '', /signed another history of 310 entries/)
    await isWaiting(ledgers, again)
    equal([again.ledger.own.size, members[1]!.ledger.size(WRITER)], [size, 310])
  })
}

promises('goes on with a rebuild in the middle of which it crashed', async () => {
  const { ledgers, members } = await grown('rebuild', 3_000)
  const { root } = members[0]!.ledger.own.stored
  ledgers.wipe(WRITER)
  let copied = 0
  for (let crash = 0; crash < 3; crash += 1) {
    const { ledger } = await ledgers.start(WRITER)
    ok(ledger.own.copied >= copied, 'nothing is fetched twice')
    await ledgers.until(() => ledger.own.copied > copied + 256)
    copied = ledger.own.copied
    equal([ledger.own.size, ledger.own.isSigning], [0, false])
    is(await ledgers.run(codeOf(ledger.own.append(Uint8Array.of(1)))), 'not-ready')
    ledgers.world.machine(WRITER).crash()
  }
  const again = await ledgers.start(WRITER)
  await ready(ledgers, again)
  equal([again.ledger.own.size, again.ledger.own.isSigning], [3_000, true])
  equal(again.ledger.own.stored.root, root)
})

promises('remembers what it was told, even if nobody tells it the next time', async () => {
  const { ledgers } = await grown('remembers', 600)
  ledgers.wipe(WRITER)
  const told = await ledgers.start(WRITER)
  await ledgers.until(() => told.ledger.own.ahead !== undefined)
  for (const name of NAMES) ledgers.world.machine(name).crash()
  const again = await ledgers.start(WRITER)
  is(sizeIn(ledgers, again.ledger.own.ahead!), 600)
  ledgers.wipe(SECOND)
  ledgers.wipe(THIRD)
  await ledgers.start(SECOND)
  await ledgers.start(THIRD)
  await isWaiting(ledgers, again)
})

promises('fetches its log from another when the first hands out rubbish', async () => {
  let isWiped = false
  let liar: string | undefined
  const rubbishOf = (name: string) => ({
    [PAGES]: async (proper: () => Promise<Uint8Array>) => {
      if (isWiped) liar ??= name
      const { entries, proof } = pages.decode(await proper())
      if (liar !== name) return pages.encode({ entries, proof })
      return pages.encode({ entries: [Uint8Array.of(0), ...entries.slice(1)], proof })
    },
  })
  const ledgers = new Ledgers('rubbish', NAMES)
  const [writer, ...others] = await ledgers.startAll({
    [SECOND]: { answers: rubbishOf(SECOND) },
    [THIRD]: { answers: rubbishOf(THIRD) },
  })
  await ledgers.grow(writer!, 600)
  await ledgers.until(() => others.every(({ ledger }) => ledger.size(WRITER) === 600))
  ledgers.wipe(WRITER)
  isWiped = true
  const again = await ledgers.start(WRITER)
  await ready(ledgers, again)
  equal([again.ledger.own.size, again.ledger.own.isSigning], [600, true])
  equal([...again.blamed], [`${liar} bad-proof`])
})

promises('counts only answers that bear the log’s own signature', async () => {
  const forged = standingReplies.encode({ known: 'all is mine\n', held: 'all is mine\n' })
  const ledgers = new Ledgers('forged standing', NAMES)
  const members = await ledgers.startAll()
  await ledgers.grow(members[0]!, 300)
  ledgers.world.machine(WRITER).crash()
  ledgers.world.machine(SECOND).crash()
  await ledgers.start(SECOND, { answers: { [STANDING]: async () => forged } })
  const again = await ledgers.start(WRITER)
  await isWaiting(ledgers, again)
  equal([...again.blamed], [`${SECOND} bad-signature`])
  is(again.ledger.own.refusal, undefined)
})

promises('believes nobody who says that its log began otherwise without proving it', async () => {
  const { ledgers, members } = await grown('forged beginning', 600)
  const restore = backup(ledgers)
  await ledgers.grow(members[0]!, 700)
  await ledgers.until(() => haveAll(members))
  for (const name of [WRITER, SECOND]) ledgers.world.machine(name).crash()
  restore([STORE, ANCHORS])
  await ledgers.start(SECOND, { answers: { [CONSISTENCY]: async () => Uint8Array.of(1, 2, 3) } })
  const again = await ledgers.start(WRITER)
  await ready(ledgers, again)
  equal([again.ledger.own.size, again.ledger.own.isSigning], [700, true])
})

promises.run()

async function grown(seed: string, size: number) {
  const ledgers = new Ledgers(seed, NAMES)
  const members = await ledgers.startAll()
  await ledgers.grow(members[0]!, size)
  await ledgers.until(() => haveAll(members))
  return { ledgers, members }
}

async function ready(ledgers: Ledgers, ...members: readonly Member[]): Promise<void> {
  await ledgers.run(Promise.all(members.map(async ({ upkeep }) => upkeep.ready)))
}

/** However long one waits, it does not sign. */
async function isWaiting(ledgers: Ledgers, { ledger: { own } }: Member): Promise<void> {
  const { checkpoint } = own
  await ledgers.pass(LONG_MS)
  equal([own.isSigning, own.checkpoint], [false, checkpoint])
  is(await ledgers.run(codeOf(own.append(Uint8Array.of(1)))), 'not-ready')
}

/** What puts the writer's disks back as they are now. */
function backup({ world }: Ledgers): (labels: readonly string[]) => void {
  const machine = world.machine(WRITER)
  const store = machine.disk(STORE).image()
  const anchors = machine.anchorDisk(ANCHORS).image()
  return (labels) => {
    if (labels.includes(STORE)) machine.disk(STORE).restore(store)
    if (labels.includes(ANCHORS)) machine.anchorDisk(ANCHORS).restore(anchors)
  }
}

/** Nobody is accused, and all have the same of every log. */
function areGood({ roster }: Ledgers, members: readonly Member[]): void {
  for (const { ledger } of members) {
    equal([ledger.quarantine.logs(), ledger.own.refusal], [[], undefined])
    for (const { name } of roster.nodes) {
      ok(equalBytes(ledger.stored(name).root, members[0]!.ledger.stored(name).root), name)
    }
  }
}

function haveAll(members: readonly Member[]): boolean {
  const owns = members.map(({ ledger }) => ledger.own)
  return members.every(({ ledger }) => owns.every(({ name, size }) => ledger.size(name) === size))
}

function sizeIn({ roster }: Ledgers, note: string): number {
  const { network, nodes } = roster
  const verifier = logVerifier(network, nodes[0]!)
  return Number(openCheckpoint(note, logOrigin(network, WRITER), verifier).size)
}
