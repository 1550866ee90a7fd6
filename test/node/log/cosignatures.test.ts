import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { signCheckpoint } from '../../../crypto/checkpoint.ts'
import { cosignCheckpoint, cosigner } from '../../../crypto/cosignature.ts'
import { noteSigner, parseNote, parseSignatureLines } from '../../../crypto/note.ts'
import { GATHERED_MAX } from '../../../node/limits.ts'
import { Cosignatures } from '../../../node/log/cosignatures.ts'
import {
  mirrorName,
  witnessedOf,
  witnessName,
  type Cosignature,
  type CosignatureKind,
} from '../../../protocol/quorum.ts'
import { logOrigin } from '../../../protocol/roster.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { keyOf, Ledgers } from './support/ledgers.ts'
import { entriesOf, rootOf } from './support/logs.ts'

const NAMES = ['almaty', 'astana', 'shymkent', 'semey'] as const
const [LOG, FIRST, SECOND, THIRD] = NAMES
const EVENTS = { eventsMax: 1_000 }

const { roster } = new Ledgers('cosignatures', NAMES)
const origin = logOrigin(roster.network, LOG)

const promises = suite('the cosignatures of a log')

let clock: VirtualClock
let gathered: Cosignatures

promises.before.each(() => {
  clock = new VirtualClock({ seed: 'cosignatures' })
  gathered = new Cosignatures({ log: LOG, roster }, { clock })
})

promises('are a quorum over one checkpoint only', () => {
  for (const size of [1, 2, 3]) gathered.begin(noteAt(size))
  is(gathered.add(1, lineOf(1, FIRST)), false)
  is(gathered.add(2, lineOf(2, SECOND)), false)
  is(gathered.add(3, lineOf(3, THIRD)), false)
  equal([gathered.witnessed, gathered.safe], [undefined, undefined])
  is(gathered.add(2, lineOf(2, THIRD)), true, 'with the log itself it is three of four')
  is(gathered.witnessed?.size, 2)
  is(witnessedOf(gathered.witnessed!.note, LOG, roster).isWitnessed, true)
})

promises('count each node once, as a witness and as a mirror', () => {
  gathered.begin(noteAt(1))
  for (const at of [1, 2, 3]) is(gathered.add(1, lineOf(1, FIRST, 'witness', at)), false)
  equal(gathered.at(1)!.witnessed.witnesses, [{ node: FIRST, at: 3_000 }], 'the newest counts')
  is(gathered.add(1, lineOf(1, FIRST, 'mirror')), false)
  is(gathered.witnessed, undefined)
  is(gathered.add(1, lineOf(1, SECOND)), true)
  equal([gathered.witnessed?.size, gathered.safe], [1, undefined])
  is(gathered.add(1, lineOf(1, THIRD, 'mirror')), true, 'two mirrors')
  equal([gathered.safe?.size, gathered.safe?.witnessed.isSafe], [1, true])
})

promises('are not safe before they are a quorum', () => {
  gathered.begin(noteAt(1))
  for (const node of [FIRST, SECOND, THIRD]) gathered.add(1, lineOf(1, node, 'mirror'))
  equal([gathered.at(1)!.witnessed.isSafe, gathered.safe], [true, undefined])
  gathered.add(1, lineOf(1, FIRST))
  gathered.add(1, lineOf(1, SECOND))
  is(gathered.safe?.size, 1)
})

promises('never lead back to an older checkpoint', () => {
  for (const size of [1, 2]) gathered.begin(noteAt(size))
  complete(2)
  complete(1)
  is(gathered.witnessed?.size, 2)
})

promises('are read from a note that was kept, and only those that verify', () => {
  gathered.begin(noteAt(1))
  complete(1)
  const kept = gathered.witnessed!.note
  const again = new Cosignatures({ log: LOG, roster }, { clock })
  again.begin(kept)
  equal([again.witnessed?.size, again.witnessed?.note], [1, kept])
  const lines = [lineOf(2, FIRST), lineOf(2, SECOND)].map(({ line }) => line)
  const forged = new Cosignatures({ log: LOG, roster }, { clock })
  const stolen = lines.map((line) => cosignatureText(line.name, 2)).join('')
  forged.begin(noteAt(1) + stolen)
  is(forged.witnessed, undefined)
  equal(parseNote(forged.at(1)!.note).signatures.length, 1, 'the log’s own line alone')
})

promises('for a checkpoint that is not gathered for are dropped', () => {
  is(gathered.add(1, lineOf(1, FIRST)), false)
  equal([gathered.at(1), gathered.covering(0)], [undefined, undefined])
})

promises('are gathered for the newest checkpoints alone', () => {
  for (let size = 1; size <= GATHERED_MAX + 5; size += 1) gathered.begin(noteAt(size))
  equal([gathered.at(5), gathered.at(6)?.size], [undefined, 6])
  complete(6)
  for (let size = GATHERED_MAX + 6; size <= GATHERED_MAX + 20; size += 1) {
    gathered.begin(noteAt(size))
  }
  equal([gathered.at(6), gathered.witnessed?.size], [undefined, 6], 'the best is kept')
})

promises('cover an entry as well as they can', () => {
  for (const size of [1, 2, 3, 4]) gathered.begin(noteAt(size))
  is(gathered.covering(0)?.size, 4, 'of equal worth, the newest')
  is(gathered.covering(4), undefined)
  gathered.add(3, lineOf(3, FIRST))
  equal([gathered.covering(0)?.size, gathered.covering(3)?.size], [3, 4])
  complete(2)
  equal([gathered.covering(1)?.size, gathered.covering(2)?.size], [2, 3])
})

promises('let go who waits as soon as it is covered, and not before', async () => {
  gathered.begin(noteAt(1))
  const done: string[] = []
  void gathered.wait(0, 'witnessed', 60_000).then(() => done.push('witnessed'))
  void gathered.wait(0, 'safe', 60_000).then(() => done.push('safe'))
  void gathered.wait(1, 'witnessed', 60_000).then(() => done.push('the next one'))
  gathered.add(1, lineOf(1, FIRST))
  await clock.run({ ...EVENTS, forMs: 1 })
  equal(done, [])
  gathered.add(1, lineOf(1, SECOND))
  await clock.run({ ...EVENTS, forMs: 1 })
  equal(done, ['witnessed'])
  for (const node of [FIRST, SECOND]) gathered.add(1, lineOf(1, node, 'mirror'))
  await clock.run({ ...EVENTS, forMs: 1 })
  equal(done, ['witnessed', 'safe'])
  await clock.finish(gathered.wait(0, 'safe', 60_000), EVENTS)
  const before = clock.now()
  await clock.run({ ...EVENTS, forMs: 60_000 })
  equal([done.length, clock.now() - before <= 60_000], [3, true], 'nobody waits for ever')
})

promises.run()

function noteAt(size: number): string {
  const at = { origin, size: BigInt(size), root: rootOf(entriesOf(0, size)), extensions: [] }
  return signCheckpoint(at, noteSigner(origin, keyOf(LOG)))
}

/** What makes the checkpoint of that size witnessed, and safe. */
function complete(size: number): void {
  for (const node of [FIRST, SECOND]) {
    for (const kind of ['witness', 'mirror'] as const) gathered.add(size, lineOf(size, node, kind))
  }
}

function lineOf(
  size: number,
  node: string,
  kind: CosignatureKind = 'witness',
  seconds = 1,
): Cosignature {
  const name = kind === 'witness' ? witnessName(roster, node) : mirrorName(roster, node)
  const key = keyOf(kind === 'witness' ? node : `mirror ${node}`)
  const { text } = parseNote(noteAt(size))
  const [line] = parseSignatureLines(cosignCheckpoint(text, cosigner(name, key), seconds))
  ok(line)
  return { node, kind, at: 1_000 * seconds, line }
}

/** A line of a witness for the checkpoint of `size`, as text. */
function cosignatureText(name: string, size: number): string {
  const node = NAMES.find((known) => witnessName(roster, known) === name)!
  const { text } = parseNote(noteAt(size))
  return cosignCheckpoint(text, cosigner(name, keyOf(node)), 1)
}
