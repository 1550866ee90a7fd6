import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { openCheckpoint, signCheckpoint } from '../../../crypto/checkpoint.ts'
import { cosigner, cosignatureTime } from '../../../crypto/cosignature.ts'
import { parseNote, parseSignatureLines } from '../../../crypto/note.ts'
import { systemClock } from '../../../node/clock.ts'
import { Ledger } from '../../../node/log/ledger.ts'
import type { Log } from '../../../node/log/log.ts'
import type { Quarantine } from '../../../node/log/quarantine.ts'
import { Witness, witnessAnchor } from '../../../node/log/witness.ts'
import { silentLogger } from '../../../node/logger.ts'
import type { Store } from '../../../node/store/store.ts'
import { verifyEvidence } from '../../../protocol/evidence.ts'
import type { WitnessReply, WitnessRequest } from '../../../protocol/message/witness.ts'
import { witnessName, witnessVerifier } from '../../../protocol/quorum.ts'
import {
  entriesOf,
  growTo,
  keyOf,
  NAME,
  noteOf,
  openLog,
  openQuarantine,
  ORIGIN,
  OTHER_ORIGIN,
  otherwise,
  rootOf,
  ROSTER,
  signer,
  stranger,
  verifier,
} from './support/logs.ts'
import { codeOf, TestDisk } from './support/test-disk.ts'

const SELF = 'astana'
const PEER = 'shymkent'

/** The writer's sizes. */
const SIZES = [1, 10, 256, 300] as const
const SIZE = 300

const promises = suite('a witness')

let writerDisk: TestDisk
let writer: Log
const notes = new Map<number, string>()
let disk: TestDisk
let store: Store
let quarantine: Quarantine
let witness: Witness

promises.before(async () => {
  writerDisk = await TestDisk.create()
  writer = await openLog(writerDisk)
  for (const size of SIZES) {
    await growTo(writer, size)
    notes.set(size, noteOf(writer))
  }
})

promises.after(async () => {
  await writerDisk.remove()
})

promises.before.each(async () => {
  disk = await TestDisk.create()
  await Ledger.init({ self: SELF, roster: ROSTER }, { anchors: disk.anchors })
  await restart()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('cosigns checkpoint after checkpoint of a log that grows', async () => {
  equal(witness.logs, [NAME, PEER])
  is(witness.last(NAME), undefined)
  let old = 0
  for (const size of SIZES) {
    isCosigned(await show(old, size), noteAt(size))
    is(witness.last(NAME), noteAt(size))
    old = size
  }
})

promises('cosigns with its own key and time, and the key says whose it is', async () => {
  const before = systemClock.now()
  const reply = await show(0, SIZE)
  ok(reply.type === 'cosigned')
  const [line, ...others] = parseSignatureLines(reply.line)
  equal([line!.name, others.length], [witnessName(ROSTER, SELF), 0])
  const at = 1_000 * cosignatureTime(line!)!
  ok(at > before - 1_000 && at <= systemClock.now())
})

promises('has on disk what it cosigned before the cosignature leaves', async () => {
  const release = disk.anchors.hold()
  let replied = false
  const reply = show(0, 10).finally(() => (replied = true))
  while (disk.anchors.swapped.length === 0) await new Promise(setImmediate)
  await new Promise(setImmediate)
  is(replied, false)
  release()
  isCosigned(await reply, noteAt(10))
  equal(disk.anchors.swapped, [witnessAnchor(NAME)])
  await restart()
  is(witness.last(NAME), noteAt(10))
  equal(await show(0, 10), { type: 'conflict', size: 10 })
  isCosigned(await show(10, SIZE), noteAt(SIZE))
})

promises('does not know a log that is not in the roster, nor its own', async () => {
  for (const log of ['semey', SELF]) {
    equal(await add({ log, oldSize: 0, proof: [], checkpoint: noteAt(10) }), { type: 'unknown' })
  }
})

promises('is forbidden to cosign what the log’s key has not signed', async () => {
  const at = { origin: ORIGIN, size: 1n, root: rootOf(entriesOf(0, 1)), extensions: [] }
  const bad = [
    signCheckpoint(at, stranger),
    signCheckpoint({ ...at, origin: OTHER_ORIGIN }, otherwise),
    signCheckpoint({ ...at, origin: OTHER_ORIGIN }, signer),
    noteAt(10).replace('\n10\n', '\n11\n'),
    noteAt(10).slice(0, -10),
    'nothing of the kind\n',
    '',
  ]
  for (const checkpoint of bad) {
    equal(await add({ log: NAME, oldSize: 0, proof: [], checkpoint }), { type: 'forbidden' })
  }
  equal([witness.last(NAME), disk.anchors.swapped], [undefined, []])
})

promises('says which size it has seen when it is asked from another', async () => {
  await show(0, 10)
  for (const old of [0, 1]) equal(await show(old, SIZE), { type: 'conflict', size: 10 })
  equal(await show(256, SIZE), { type: 'conflict', size: 10 })
  isCosigned(await show(10, 256), noteAt(256))
  equal(await show(1, 10), { type: 'conflict', size: 256 }, 'it goes back for nobody')
  is(witness.last(NAME), noteAt(256))
})

promises('says so too before it has seen anything', async () => {
  equal(await show(1, 10), { type: 'conflict', size: 0 })
})

promises('wants a proof that proves it, and none where there is nothing to prove', async () => {
  const good = await proofOf(10, SIZE)
  const request = { log: NAME, oldSize: 10, checkpoint: noteAt(SIZE) }
  const first = { log: NAME, oldSize: 0, checkpoint: noteAt(10) }
  equal(await add({ ...first, proof: good }), { type: 'unprocessable' }, 'from nothing')
  is(witness.last(NAME), undefined)
  isCosigned(await add({ ...first, proof: [] }), noteAt(10))
  const bad = [
    [],
    good.slice(1),
    good.slice(0, -1),
    [...good, good[0]!],
    good.toReversed(),
    await proofOf(1, SIZE),
    await proofOf(10, 256),
    good.with(0, good[0]!.with(0, good[0]![0]! ^ 1)),
  ]
  for (const proof of bad) equal(await add({ ...request, proof }), { type: 'unprocessable' })
  const again = { log: NAME, oldSize: 10, checkpoint: noteAt(10), proof: good }
  equal(await add(again), { type: 'unprocessable' }, 'between equal sizes')
  is(witness.last(NAME), noteAt(10))
  isCosigned(await add({ ...request, proof: good }), noteAt(SIZE))
})

promises('cannot be asked to go backwards', async () => {
  await show(0, 256)
  const request = { log: NAME, oldSize: 256, proof: [], checkpoint: noteAt(10) }
  is(await codeOf(add(request)), 'malformed')
})

promises('cosigns the same tree again, without writing it again', async () => {
  await show(0, 10)
  const reply = await add({ log: NAME, oldSize: 10, proof: [], checkpoint: noteAt(10) })
  isCosigned(reply, noteAt(10))
  is(disk.anchors.swapped.length, 1)
})

promises('keeps the evidence when it is shown another tree of the same size', async () => {
  const at = { origin: ORIGIN, size: 10n, root: rootOf(entriesOf(0, 10, 'other')) }
  const twin = signCheckpoint({ ...at, extensions: [] }, signer)
  await show(0, 10)
  const request = { log: NAME, oldSize: 10, proof: [], checkpoint: twin }
  equal(await add(request), { type: 'conflict', size: 10 })
  is(witness.last(NAME), noteAt(10))
  is(quarantine.has(NAME), true)
  const { kind, first, second } = verifyEvidence(quarantine.evidence(NAME)!, ROSTER)
  is(kind, 'same-size')
  equal([first.note, second.note].toSorted(), [noteAt(10), twin].toSorted())
  equal(await show(10, SIZE), { type: 'forbidden' }, 'nothing more of a log in quarantine')
  await restart()
  equal(await show(10, SIZE), { type: 'forbidden' })
})

promises('says conflict to a second history of another size, and cosigns none of it', async () => {
  const fork = await TestDisk.create()
  const other = await openLog(fork)
  await growTo(other, SIZE, 'other')
  await show(0, 10)
  const proof = await other.stored.consistency(10, SIZE)
  const request = { log: NAME, oldSize: 10, proof, checkpoint: noteOf(other) }
  equal(await add(request), { type: 'unprocessable' })
  is(witness.last(NAME), noteAt(10))
  await fork.remove()
})

promises('tells of every checkpoint that the log’s key has signed, and of no other', async () => {
  const seen: string[] = []
  witness.onSeen((from, log, checkpoint) => seen.push(`${from} ${log} ${checkpoint}`))
  await show(1, 10)
  const checkpoint = noteAt(10).replace('\n10\n', '\n11\n')
  await add({ log: NAME, oldSize: 0, proof: [], checkpoint })
  equal(seen, [`${PEER} ${NAME} ${noteAt(10)}`])
})

promises('lets no two requests get past each other', async () => {
  await show(0, 10)
  const replies = await Promise.all([show(10, SIZE), show(10, 256), show(10, SIZE), show(10, 256)])
  const cosigned = replies.filter(({ type }) => type === 'cosigned')
  is(cosigned.length, 1)
  isCosigned(replies[0], noteAt(SIZE))
  const rest = replies.slice(1)
  equal(
    rest,
    rest.map(() => ({ type: 'conflict', size: SIZE })),
  )
  is(witness.last(NAME), noteAt(SIZE))
})

for (const fault of ['lost', 'kept'] as const) {
  promises(`cosigns nothing when its anchor fails, nor after that: ${fault}`, async () => {
    await show(0, 10)
    disk.anchors.failNext(fault)
    is(await codeOf(show(10, 256)), 'storage')
    is(await codeOf(show(10, 256)), 'storage')
    is(await codeOf(show(10, SIZE)), 'storage')
    await restart()
    const size = fault === 'kept' ? 256 : 10
    is(witness.last(NAME), noteAt(size))
    isCosigned(await show(size, SIZE), noteAt(SIZE))
  })
}

promises('witnesses nothing of a log of which it has lost what it saw', async () => {
  await disk.remove()
  disk = await TestDisk.create()
  await restart()
  equal(witness.logs, [])
  is(await codeOf(show(0, 10)), 'storage')
  is(await disk.anchors.has(witnessAnchor(NAME)), false)
})

promises.run()

/** A new process on the same disk. */
async function restart(): Promise<void> {
  store = await disk.open()
  quarantine = await openQuarantine(store)
  const { anchors } = disk
  const by = cosigner(witnessName(ROSTER, SELF), keyOf(SELF))
  const modules = { anchors, cosigner: by, quarantine, clock: systemClock, logger: silentLogger }
  witness = await Witness.open({ self: SELF, roster: ROSTER }, modules)
}

function add(request: WitnessRequest): Promise<WitnessReply> {
  return witness.add(request, PEER)
}

/** What an honest log sends that has `size` entries, of which the witness is to have seen `old`. */
async function show(old: number, size: number): Promise<WitnessReply> {
  const proof = await proofOf(old, size)
  return add({ log: NAME, oldSize: old, proof, checkpoint: noteAt(size) })
}

async function proofOf(old: number, size: number): Promise<Uint8Array[]> {
  return old > 0 && old < size ? writer.stored.consistency(old, size) : []
}

function noteAt(size: number): string {
  return notes.get(size)!
}

/** A line that verifies over the checkpoint's own text. */
function isCosigned(reply: WitnessReply, note: string): void {
  ok(reply.type === 'cosigned', reply.type)
  const node = ROSTER.nodes.find(({ name }) => name === SELF)!
  const [line] = parseSignatureLines(reply.line)
  is(openCheckpoint(note, ORIGIN, verifier).note, note)
  ok(witnessVerifier(ROSTER, node).verify(parseNote(note).text, line!.signature))
}
