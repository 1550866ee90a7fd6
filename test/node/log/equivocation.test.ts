import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import {
  openCheckpoint,
  signCheckpoint,
  type OpenedCheckpoint,
} from '../../../crypto/checkpoint.ts'
import type { Log } from '../../../node/log/log.ts'
import type { Mirror } from '../../../node/log/mirror.ts'
import { storedEvidence } from '../../../node/log/quarantine.ts'
import { verifyEvidence, type EvidenceKind } from '../../../protocol/evidence.ts'
import {
  copyUpTo,
  entriesOf,
  growTo,
  NAME,
  noteOf,
  openLog,
  openMirror,
  ORIGIN,
  pageOf,
  rootOf,
  ROSTER,
  signer,
  verifier,
} from './support/logs.ts'
import { codeOf, contentOf, put, TestDisk } from './support/test-disk.ts'
import { logKeys } from '../../../node/log/log-keys.ts'

/** Where the two histories part: in the middle of the second package. */
const FORK = 300

const promises = suite('a log that signs two histories')

let disks: TestDisk[]
let left: Log
let right: Log
let honest = ''
let mirrorDisk: TestDisk

/** A disk is copied, and the log runs on from both. */
promises.before.each(async () => {
  const one = await TestDisk.create()
  const log = await openLog(one)
  await growTo(log, FORK)
  honest = noteOf(log)
  const two = await one.copy()
  left = await openLog(one)
  right = await openLog(two)
  mirrorDisk = await TestDisk.create()
  disks = [one, two, mirrorDisk]
})

promises.after.each(async () => {
  for (const disk of disks) await disk.remove()
})

promises('is convicted by a checkpoint of the same size', async () => {
  await growBoth(310, 310)
  const mirror = await mirrorOfLeft()
  is(await codeOf(mirror.check(noteOf(right))), 'equivocation')
  is(mirror.quarantined, true)
  isConvicted(await evidenceOnDisk(), 'same-size', [left, right])
})

promises('is convicted by a checkpoint of a smaller size', async () => {
  await growBoth(520, 305)
  const mirror = await mirrorOfLeft()
  is(await codeOf(mirror.check(noteOf(right))), 'equivocation')
  isConvicted(await evidenceOnDisk(), 'other-beginning', [right, left])
})

promises('cannot lead a copy away from what is in its unfinished package', async () => {
  await growBoth(310, 320)
  const mirror = await mirrorOfLeft()
  is(await codeOf(copyUpTo(mirror, right.stored, noteOf(right))), 'bad-proof')
  equal([mirror.size, mirror.copied, mirror.checkpoint], [310, 310, left.checkpoint])
  equal(await mirror.stored.entries(0, 310), await left.stored.entries(0, 310))
})

promises(
  'does not get a checkpoint believed to which a finished package does not lead',
  async () => {
    await growBoth(512, 600)
    const mirror = await mirrorOfLeft()
    is(await codeOf(copyUpTo(mirror, right.stored, noteOf(right))), 'bad-proof')
    equal([mirror.quarantined, mirror.size, mirror.checkpoint], [false, 512, left.checkpoint])
    await mirror.forget()
    equal([mirror.copied, mirror.stored.root], [512, left.stored.root])
  },
)

for (const [leftSize, rightSize] of [
  [310, 320],
  [512, 600],
] as const) {
  promises(
    `is convicted by what a larger tree had at ${leftSize}, and by nothing less`,
    async () => {
      await growBoth(leftSize, rightSize)
      const mirror = await mirrorOfLeft()
      const notes = [open(left), open(right)] as const
      is(await mirror.convict(notes), false)
      const proof = await right.stored.consistency(leftSize, rightSize)
      const root = await right.stored.rootAt(leftSize)
      is(await mirror.convict(notes, { root: left.stored.root, proof }), false)
      const forged = proof.with(0, proof[0]!.with(0, proof[0]![0]! ^ 1))
      is(await codeOf(mirror.convict(notes, { root, proof: forged })), 'bad-proof')
      is(await codeOf(mirror.convict(notes, { root: rootOf([]), proof })), 'bad-proof')
      is(mirror.quarantined, false)
      is(await mirror.convict(notes, { root, proof }), true)
      is(mirror.quarantined, true)
      isConvicted(await evidenceOnDisk(), 'other-beginning', [left, right])
    },
  )
}

for (const isReopened of [false, true]) {
  const when = isReopened ? 'before a restart' : 'just now'
  promises(
    `does not mix with what a catch-up that was interrupted ${when} had copied`,
    async () => {
      await growBoth(700, 512)
      let mirror = await openMirror(await mirrorDisk.open())
      await copyUpTo(mirror, left.stored, honest)
      const checkpoint = await mirror.check(noteOf(left))
      await mirror.add(await pageOf(left.stored, FORK, 700), checkpoint)
      if (isReopened) mirror = await openMirror(await mirrorDisk.open())
      equal([mirror.size, mirror.copied], [FORK, 512])
      equal(
        mirror.known().map(({ note }) => note),
        [honest, noteOf(left)],
      )
      await copyUpTo(mirror, right.stored, noteOf(right))
      equal([mirror.size, mirror.stored.root], [512, right.stored.root])
      equal(await mirror.stored.entries(0, 512), await right.stored.entries(0, 512))
      is(await codeOf(copyUpTo(mirror, left.stored, noteOf(left))), 'bad-proof')
      const proof = await left.stored.consistency(512, 700)
      const prefix = { root: await left.stored.rootAt(512), proof }
      is(await mirror.convict([mirror.known()[0]!, open(left)], prefix), true)
      isConvicted(await evidenceOnDisk(), 'other-beginning', [right, left])
    },
  )
}

promises('stays quarantined when the mirror is opened again', async () => {
  const mirror = await convicted()
  const content = await contentOf(await mirrorDisk.open())
  ok(content.some((line) => line.startsWith(`evidence/${NAME} `)))
  const again = await openMirror(await mirrorDisk.open())
  equal([again.quarantined, again.size, again.checkpoint], [true, mirror.size, mirror.checkpoint])
  for (const note of [noteOf(left), noteOf(right), honest]) {
    is(await codeOf(again.check(note)), 'equivocation')
  }
  equal(await contentOf(await mirrorDisk.open()), content, 'the evidence is what it was')
})

promises('delivers no more pages, and no checkpoint, however well they fit', async () => {
  const mirror = await convicted()
  const before = await contentOf(await mirrorDisk.open())
  const { size } = mirror
  const again = await openMirror(await mirrorDisk.open())
  await growTo(left, 400, 'left')
  const checkpoint = open(left)
  for (const quarantined of [mirror, again]) {
    const page = await pageOf(left.stored, size, 400)
    is(await codeOf(quarantined.add(page, checkpoint)), 'equivocation')
    is(await codeOf(quarantined.finish(checkpoint)), 'equivocation')
    equal([quarantined.size, quarantined.copied], [size, size])
  }
  equal(await contentOf(await mirrorDisk.open()), before)
})

promises('can still be read as far as it was copied', async () => {
  const mirror = await convicted()
  equal(await mirror.stored.entries(0, mirror.size), await left.stored.entries(0, mirror.size))
})

promises('is convicted of its own signatures only', async () => {
  const mirror = await openMirror(await mirrorDisk.open())
  await copyUpTo(mirror, left.stored, honest)
  const other = { origin: ORIGIN, size: BigInt(FORK), root: rootOf(entriesOf(0, FORK, 'other')) }
  const note = signCheckpoint({ ...other, extensions: [] }, signer)
  is(await codeOf(mirror.check(note.slice(0, -10))), 'bad-signature')
  is(mirror.quarantined, false)
  is(await codeOf(mirror.check(note)), 'equivocation')
})

promises('is not convicted because the mirror’s own disk is damaged', async () => {
  await growTo(left, 600, 'left')
  const store = await mirrorDisk.open()
  await copyUpTo(await openMirror(store), left.stored, noteOf(left))
  const key = logKeys(NAME).tile(0, 0n)
  const tile = (await store.get(key))!
  await store.batch([put(key, tile.with(0, tile[0]! ^ 1))], { durable: true })
  const mirror = await openMirror(await mirrorDisk.open())
  is(await codeOf(mirror.check(signedAt(5))), 'storage')
  is(mirror.quarantined, false)
})

promises.run()

async function growBoth(leftSize: number, rightSize: number): Promise<void> {
  await growTo(left, leftSize, 'left')
  await growTo(right, rightSize, 'right')
  not.equal(left.checkpoint, right.checkpoint)
}

/** A mirror of the left history that has seen the right one. */
async function convicted(): Promise<Mirror> {
  await growBoth(310, 310)
  const mirror = await openMirror(await mirrorDisk.open())
  await copyUpTo(mirror, left.stored, noteOf(left))
  is(await codeOf(mirror.check(noteOf(right))), 'equivocation')
  return mirror
}

async function mirrorOfLeft(): Promise<Mirror> {
  const mirror = await openMirror(await mirrorDisk.open())
  await copyUpTo(mirror, left.stored, noteOf(left))
  return mirror
}

/** Evidence as a third party is given it: the bytes on the disk. */
async function evidenceOnDisk(): Promise<Uint8Array> {
  const store = await mirrorDisk.open()
  return (await storedEvidence(store, 10)).get(NAME)!
}

/** Whoever has the roster sees that both were signed: the smaller first, or that of lower root. */
function isConvicted(evidence: Uint8Array, kind: EvidenceKind, logs: readonly Log[]): void {
  const conviction = verifyEvidence(evidence, ROSTER)
  equal([conviction.log, conviction.kind], [NAME, kind])
  const notes = [conviction.first.note, conviction.second.note]
  const signed = logs.map(noteOf)
  if (kind === 'same-size') equal(notes.toSorted(), signed.toSorted())
  else equal(notes, signed)
}

function open(log: Log): OpenedCheckpoint {
  return openCheckpoint(noteOf(log), ORIGIN, verifier)
}

/** What the log signed when it had so many entries. */
function signedAt(size: number): string {
  const at = { origin: ORIGIN, size: BigInt(size), root: rootOf(entriesOf(0, size)) }
  return signCheckpoint({ ...at, extensions: [] }, signer)
}
