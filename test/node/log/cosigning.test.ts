import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { cosignCheckpoint, cosigner } from '../../../crypto/cosignature.ts'
import { parseNote } from '../../../crypto/note.ts'
import { parseTlogProof } from '../../../crypto/tlog-proof.ts'
import { HEADS_POLL_MS, WITNESS_RETRY_MS, WITNESS_TIMEOUT_MS } from '../../../node/limits.ts'
import { MIRRORED, mirroreds } from '../../../protocol/message/mirrored.ts'
import { WITNESS, witnessReplies } from '../../../protocol/message/witness.ts'
import { cosignaturesOn, mirrorName, witnessedOf, witnessName } from '../../../protocol/quorum.ts'
import { entriesOf, noteOf } from './support/logs.ts'
import { ANCHORS, keyOf, Ledgers, STORE, type Member } from './support/ledgers.ts'
import { codeOf } from './support/test-disk.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const [WRITER, SECOND, THIRD] = NAMES
const SEVEN = [...NAMES, 'aktobe', 'atyrau', 'kostanay', 'semey'] as const

type Answer = (proper: () => Promise<Uint8Array>) => Promise<Uint8Array>

const promises = suite('the cosigning of a log')

promises('brings a quorum together over one checkpoint, and the mirrors with it', async () => {
  const ledgers = new Ledgers('quorum', SEVEN)
  const [writer] = await ledgers.startAll()
  await ledgers.grow(writer!, 300)
  await ledgers.until(() => isSafe(writer!, 300))
  const { note } = writer!.ledger.cosignatures.safe!
  is(parseNote(note).text, parseNote(noteOf(writer!.ledger.own)).text)
  const { witnesses, mirrors, isWitnessed } = witnessedOf(note, WRITER, ledgers.roster)
  ok(isWitnessed && witnesses.length >= 4 && mirrors.length >= 2)
  is(
    witnesses.some(({ node }) => node === WRITER),
    false,
    'nobody is a witness of their own',
  )
})

promises('keeps up with a log that never stands still', async () => {
  const ledgers = new Ledgers('growing', SEVEN)
  const [writer] = await ledgers.startAll()
  const { own, cosignatures } = writer!.ledger
  for (let size = 2; size < 400; size += 1) {
    await ledgers.grow(writer!, size)
    await ledgers.pass(5)
  }
  ok(cosignatures.witnessed!.size > 300, `${cosignatures.witnessed!.size} of ${own.size}`)
  const { isWitnessed } = witnessedOf(cosignatures.witnessed!.note, WRITER, ledgers.roster)
  is(isWitnessed, true)
  await ledgers.until(() => isSafe(writer!, own.size))
})

promises('shows in a proof how well an entry is covered', async () => {
  const { ledgers, writer, others } = await started('proof')
  const index = await ledgers.run(writer.ledger.own.append(Uint8Array.of(1)))
  const { proof } = await ledgers.run(writer.ledger.proveCovered(index, 'safe', 10_000))
  const said = witnessedOf(parseTlogProof(proof).checkpoint, WRITER, ledgers.roster)
  equal([said.isWitnessed, said.isSafe], [true, true])
  // And it spreads: the others show it too.
  for (const { ledger } of others) {
    await ledgers.until(() => (ledger.mirrors.get(WRITER)?.cosigned?.size ?? 0n) > BigInt(index))
    const theirs = await ledgers.run(ledger.prove(WRITER, index))
    const { checkpoint } = parseTlogProof(theirs.proof)
    is(witnessedOf(checkpoint, WRITER, ledgers.roster).isWitnessed, true)
  }
})

promises('says so when an entry is covered no better after the time one would wait', async () => {
  const { ledgers, writer } = await started('uncovered')
  for (const name of [SECOND, THIRD]) ledgers.world.machine(name).crash()
  const index = await ledgers.run(writer.ledger.own.append(Uint8Array.of(1)))
  const began = ledgers.world.clock.now()
  const { proof } = await ledgers.run(writer.ledger.proveCovered(index, 'witnessed', 700))
  ok(ledgers.world.clock.now() - began >= 700)
  const said = witnessedOf(parseTlogProof(proof).checkpoint, WRITER, ledgers.roster)
  equal([said.isWitnessed, said.isSafe, said.witnesses], [false, false, []])
})

promises('is held up by nobody who is down', async () => {
  const { ledgers, writer } = await started('one down')
  ledgers.world.machine(THIRD).crash()
  for (let size = 10; size < 20; size += 1) {
    const began = ledgers.world.clock.now()
    await ledgers.grow(writer, size)
    await ledgers.until(() => writer.ledger.cosignatures.witnessed?.size === size)
    ok(ledgers.world.clock.now() - began < WITNESS_RETRY_MS)
  }
})

promises('is held up by nobody who never answers', async () => {
  const silent = { [WITNESS]: () => new Promise<Uint8Array>(() => undefined) }
  const { ledgers, writer } = await started('one silent', { [THIRD]: silent })
  for (let size = 10; size < 20; size += 1) {
    const began = ledgers.world.clock.now()
    await ledgers.grow(writer, size)
    await ledgers.until(() => writer.ledger.cosignatures.witnessed?.size === size)
    ok(ledgers.world.clock.now() - began < WITNESS_RETRY_MS)
  }
})

promises('asks again until a node that was down is back', async () => {
  const { ledgers, writer } = await started('back again')
  for (const name of [SECOND, THIRD]) ledgers.world.machine(name).crash()
  await ledgers.grow(writer, 300)
  await ledgers.pass(10 * WITNESS_RETRY_MS)
  ok((writer.ledger.cosignatures.witnessed?.size ?? 0) < 300)
  await ledgers.start(SECOND)
  await ledgers.until(() => writer.ledger.cosignatures.witnessed?.size === 300)
})

promises('goes on when answers were lost that a witness had given', async () => {
  const { ledgers, writer } = await started('lost replies')
  ledgers.world.machine(THIRD).crash()
  const heard = ledgers.world.network.silence(SECOND, WITNESS)
  await ledgers.grow(writer, 10)
  await ledgers.pass(100)
  await ledgers.grow(writer, 300)
  await ledgers.pass(2 * WITNESS_TIMEOUT_MS)
  ok((writer.ledger.cosignatures.witnessed?.size ?? 0) < 10)
  heard()
  await ledgers.until(() => writer.ledger.cosignatures.witnessed?.size === 300)
  is(writer.ledger.own.refusal, undefined)
})

const FORGERIES: Record<string, (text: string) => string> = {
  'by another key': (text) => cosign(text, witnessName(net, SECOND), 'stranger'),
  'in the name of another': (text) => cosign(text, witnessName(net, THIRD), SECOND),
  'as a mirror': (text) => cosign(text, mirrorName(net, SECOND), `mirror ${SECOND}`),
  'of another checkpoint': () => cosign(OTHER_TEXT, witnessName(net, SECOND), SECOND),
  'that is no line at all': () => 'nothing of the kind\n',
}

for (const [what, forge] of Object.entries(FORGERIES)) {
  promises(`is not poisoned by a cosignature ${what}`, async () => {
    let text = ''
    const forged: Answer = async (proper) => {
      const reply = witnessReplies.decode(await proper())
      if (reply.type !== 'cosigned') return witnessReplies.encode(reply)
      return witnessReplies.encode({ type: 'cosigned', line: forge(text) })
    }
    const { ledgers, writer } = await started(what, { [SECOND]: { [WITNESS]: forged } })
    writer.ledger.own.onGrown(() => (text = parseNote(noteOf(writer.ledger.own)).text))
    await ledgers.grow(writer, 300)
    await ledgers.until(() => writer.ledger.cosignatures.witnessed?.size === 300)
    await ledgers.pass(3 * WITNESS_RETRY_MS)
    const { note } = writer.ledger.cosignatures.witnessed!
    const witnesses = cosignaturesOn(note, WRITER, ledgers.roster).filter(
      ({ kind }) => kind === 'witness',
    )
    equal(
      witnesses.map(({ node }) => node),
      [THIRD],
    )
    if (what !== 'that is no line at all') ok(writer.blamed.has(`${SECOND} bad-signature`))
    is(
      [...writer.blamed].some((blame) => blame.startsWith(THIRD)),
      false,
    )
    await ledgers.grow(writer, 301)
    await ledgers.until(() => writer.ledger.cosignatures.witnessed?.size === 301)
  })
}

promises('takes from a mirror only what it holds, in its own name', async () => {
  const { ledgers, writer } = await started('mirrored')
  await ledgers.grow(writer, 300)
  await ledgers.until(() => isSafe(writer, 300))
  ledgers.world.machine(SECOND).crash()
  const { mesh, clock } = ledgers.world.machine(SECOND).boot()
  const { text } = parseNote(noteOf(writer.ledger.own))
  const tell = (said: string, line: string): Promise<string | undefined> => {
    const request = mirroreds.encode({ text: said, line })
    const deadline = clock.now() + 1_000
    return ledgers.run(codeOf(mesh.call(WRITER, MIRRORED, request, { deadline })))
  }
  const own = (said: string): string => cosign(said, mirrorName(net, SECOND), `mirror ${SECOND}`)
  is(await tell(text, own(text)), undefined)
  is(await tell(text, cosign(text, mirrorName(net, SECOND), 'stranger')), 'bad-signature')
  is(await tell(text, cosign(text, mirrorName(net, THIRD), `mirror ${THIRD}`)), 'bad-signature')
  is(await tell(text, own(OTHER_TEXT)), 'bad-signature')
  is(await tell(OTHER_TEXT, own(OTHER_TEXT)), 'bad-proof')
  is(await tell('no checkpoint\n', own(text)), 'malformed')
  const { mirrors } = writer.ledger.cosignatures.safe!.witnessed
  equal(mirrors.map(({ node }) => node).toSorted(), [SECOND, THIRD])
  is(isSafe(writer, 300), true)
})

promises('ends for good when a witness has cosigned more than there is', async () => {
  const { ledgers, writer, others } = await started('overtaken')
  await ledgers.grow(writer, 300)
  const machine = ledgers.world.machine(WRITER)
  const [store, anchors] = [machine.disk(STORE).image(), machine.anchorDisk(ANCHORS).image()]
  await ledgers.grow(writer, 320)
  await ledgers.until(() => others.every(({ ledger }) => ledger.size(WRITER) === 320))
  machine.crash()
  machine.disk(STORE).restore(store)
  machine.anchorDisk(ANCHORS).restore(anchors)
  const { own } = (await ledgers.start(WRITER, { isReckless: true })).ledger
  await ledgers.until(() => own.refusal !== undefined)
  match(own.refusal!, /has cosigned 320 entries of it, and here are 300/)
  equal([own.isSigning, own.size], [false, 300])
  const [entry] = entriesOf(300, 301)
  is(await ledgers.run(codeOf(own.append(entry!))), 'not-ready')
})

promises('is known again after a restart', async () => {
  const { ledgers, writer } = await started('kept')
  await ledgers.grow(writer, 300)
  await ledgers.until(() => isSafe(writer, 300))
  await ledgers.pass(HEADS_POLL_MS)
  // What is not synced may be lost with the power: so it is closed in good order.
  await ledgers.run(writer.store.batch([], { durable: true }))
  for (const name of NAMES) ledgers.world.machine(name).crash()
  const again = await ledgers.start(WRITER)
  equal([again.ledger.own.isSigning, again.ledger.cosignatures.safe?.size], [false, 300])
})

promises.run()

const net = { network: 'test.registry.kz' }
const OTHER_TEXT = `test.registry.kz/${WRITER}/log/0\n5\n${Buffer.alloc(32).toString('base64')}\n`

function cosign(text: string, name: string, key: string): string {
  return cosignCheckpoint(text, cosigner(name, keyOf(key)), 1_800_000_000)
}

async function started(seed: string, answers: Record<string, Record<string, Answer>> = {}) {
  const ledgers = new Ledgers(seed, NAMES)
  const misbehaving = Object.entries(answers).map(([name, own]) => [name, { answers: own }])
  const [writer, ...others] = await ledgers.startAll(Object.fromEntries(misbehaving))
  return { ledgers, writer: writer!, others }
}

function isSafe({ ledger }: Member, size: number): boolean {
  return ledger.cosignatures.safe?.size === size
}
