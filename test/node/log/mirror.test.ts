import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { openCheckpoint, signCheckpoint } from '../../../crypto/checkpoint.ts'
import type { Log } from '../../../node/log/log.ts'
import type { Mirror } from '../../../node/log/mirror.ts'
import type { Store } from '../../../node/store/store.ts'
import type { Page } from '../../../protocol/message/page.ts'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SimulatedDisk, SimulatedStore } from '../../../simulations/world/memory-store.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import {
  copyUpTo,
  entriesOf,
  entry,
  growTo,
  noteOf,
  openLog,
  openMirror,
  ORIGIN,
  OTHER_ORIGIN,
  otherwise,
  pageOf,
  rootOf,
  signer,
  stranger,
  verifier,
} from './support/logs.ts'
import { codeOf, contentOf, FaultyStore, TestDisk } from './support/test-disk.ts'

/** The writer's sizes, before and after the borders of packages. */
const SIZES = [1, 100, 255, 256, 257, 300, 511, 512, 520, 700] as const
const SIZE = 700

const promises = suite('a mirror of a log')

let writerDisk: TestDisk
let writer: Log
const notes = new Map<number, string>()
let disk: TestDisk

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
})

promises.after.each(async () => {
  await disk.remove()
})

promises('takes page after page, and is then what the writer signed', async () => {
  const mirror = await openMirror(await disk.open())
  equal([mirror.size, mirror.copied, mirror.checkpoint], [0, 0, undefined])
  for (const size of SIZES) {
    await copyUpTo(mirror, writer.stored, noteAt(size))
    equal([mirror.size, mirror.copied, mirror.checkpoint], [size, size, noteAt(size)])
    equal(mirror.stored.root, rootOf(entriesOf(0, size)))
  }
  const again = await openMirror(await disk.open())
  equal([again.size, again.copied, again.checkpoint], [SIZE, SIZE, noteAt(SIZE)])
  equal(await again.stored.entries(0, SIZE), entriesOf(0, SIZE))
})

promises('starts and ends in the middle of packages, and is opened in between', async () => {
  const random = new SeededRandom('short pages')
  const checkpoint = openCheckpoint(noteAt(SIZE), ORIGIN, verifier)
  let mirror = await openMirror(await disk.open())
  for (let page = 0; mirror.copied < SIZE; page += 1) {
    if (page % 5 === 4) mirror = await openMirror(await disk.open())
    const most = 1 + random.integer(60)
    await mirror.add(await pageOf(writer.stored, mirror.copied, SIZE, most), checkpoint)
    is(mirror.size, 0)
  }
  await mirror.finish(checkpoint)
  equal(mirror.stored.root, writer.stored.root)
})

promises('proves what it has as the writer does', async () => {
  const mirror = await openMirror(await disk.open())
  await copyUpTo(mirror, writer.stored, noteAt(SIZE), 77)
  for (const index of [0, 255, 256, 511, 512, 699]) {
    equal(await mirror.stored.inclusion(index, SIZE), await writer.stored.inclusion(index, SIZE))
  }
  equal(await mirror.stored.consistency(300, SIZE), await writer.stored.consistency(300, SIZE))
})

promises('shows readers nothing before the whole tree is there', async () => {
  const mirror = await openMirror(await disk.open())
  await copyUpTo(mirror, writer.stored, noteAt(100))
  const checkpoint = await mirror.check(noteAt(SIZE))
  await mirror.add(await pageOf(writer.stored, 100, SIZE), checkpoint)
  equal([mirror.size, mirror.copied, mirror.checkpoint], [100, 256, noteAt(100)])
  is(await codeOf(mirror.finish(checkpoint)), 'not-found')
  equal([mirror.size, mirror.checkpoint], [100, noteAt(100)])
})

promises('has its pages on disk before the checkpoint that covers them', async () => {
  const store = new FaultyStore(await disk.open())
  const mirror = await openMirror(store)
  await copyUpTo(mirror, writer.stored, noteAt(SIZE))
  equal(store.durable, [true, true, true, true])
})

promises('takes an older checkpoint of the same history for what it is', async () => {
  const mirror = await openMirror(await disk.open())
  await copyUpTo(mirror, writer.stored, noteAt(SIZE))
  for (const size of SIZES) {
    const checkpoint = await mirror.check(noteAt(size))
    await mirror.finish(checkpoint)
    equal([mirror.size, mirror.checkpoint, mirror.quarantined], [SIZE, noteAt(SIZE), false])
  }
  const empty = { origin: ORIGIN, size: 0n, root: rootOf([]), extensions: [] }
  is((await mirror.check(signCheckpoint(empty, signer))).size, 0n)
})

promises('refuses a checkpoint that is not by the log’s own key, or not of this log', async () => {
  const mirror = await openMirror(await disk.open())
  const at = { origin: ORIGIN, size: 1n, root: rootOf([entry(0)]), extensions: [] }
  const good = signCheckpoint(at, signer)
  const bad = [
    signCheckpoint(at, stranger),
    signCheckpoint({ ...at, origin: OTHER_ORIGIN }, otherwise),
    signCheckpoint({ ...at, origin: OTHER_ORIGIN }, signer),
    good.replace('\n1\n', '\n2\n'),
    good.slice(0, -1),
    'nothing of the kind',
    '',
  ]
  for (const note of bad) is(await codeOf(mirror.check(note)), 'bad-signature')
  equal([await contentOf(await disk.open()), mirror.quarantined], [[], false])
})

type Mutation = (page: Page, writer: Log) => Page | Promise<Page>

const MUTATIONS: Record<string, Mutation> = {
  'a byte of an entry changed': (page) => entriesWith(page, 3, flipped(page.entries[3]!)),
  'the last entry changed': (page) => {
    return entriesWith(page, page.entries.length - 1, utf8('not this one'))
  },
  'an entry emptied': (page) => entriesWith(page, 0, new Uint8Array()),
  'two entries changed places': ({ entries: [first, second, ...rest], proof }) => {
    return { entries: [second!, first!, ...rest], proof }
  },
  'the first entry dropped': ({ entries, proof }) => ({ entries: entries.slice(1), proof }),
  'the last entry dropped': ({ entries, proof }) => ({ entries: entries.slice(0, -1), proof }),
  'an entry twice': ({ entries, proof }) => ({ entries: [entries[0]!, ...entries], proof }),
  'the last entry twice': ({ entries, proof }) => ({
    entries: [...entries, entries.at(-1)!],
    proof,
  }),
  'one entry too many': ({ entries, proof }) => ({ entries: [...entries, entry(9_999)], proof }),
  'no entry': ({ proof }) => ({ entries: [], proof }),
  'neither entry nor proof': () => ({ entries: [], proof: [] }),
  'no proof': ({ entries }) => ({ entries, proof: [] }),
  'the first hash of the proof missing': ({ entries, proof }) => ({
    entries,
    proof: proof.slice(1),
  }),
  'the last hash of the proof missing': ({ entries, proof }) => {
    return { entries, proof: proof.slice(0, -1) }
  },
  'a hash too many': ({ entries, proof }) => ({ entries, proof: [...proof, proof[0]!] }),
  'a hash too many in front': ({ entries, proof }) => ({ entries, proof: [proof[0]!, ...proof] }),
  'a short hash': ({ entries, proof: [first, ...rest] }) => {
    return { entries, proof: [first!.subarray(1), ...rest] }
  },
  'the page before': (_, log) => pageOf(log.stored, 0, SIZE),
  'the page after': (_, log) => pageOf(log.stored, 512, SIZE),
  'the page one entry on': (_, log) => pageOf(log.stored, 301, SIZE),
  'the whole package': (_, log) => pageOf(log.stored, 256, SIZE),
  'the proof of another size': (_, log) => pageOf(log.stored, 300, 520),
  'more than the package': async ({ proof }, log) => {
    return { entries: await log.stored.entries(300, 520), proof }
  },
}

promises('refuses every page that is not exactly what was signed', async () => {
  const store = await disk.open()
  const mirror = await openMirror(store)
  await copyUpTo(mirror, writer.stored, noteAt(300))
  const checkpoint = await mirror.check(noteAt(SIZE))
  const good = await pageOf(writer.stored, 300, SIZE)
  ok(good.proof.length > 1)
  const before = await contentOf(store)
  for (const [what, mutate] of Object.entries(MUTATIONS)) {
    await isRefused(mirror, await mutate(good, writer), noteAt(SIZE), what)
  }
  for (const [i, hash] of good.proof.entries()) {
    const proof = good.proof.with(i, flipped(hash))
    await isRefused(mirror, { ...good, proof }, noteAt(SIZE), `hash ${i} of the proof changed`)
  }
  equal(await contentOf(store), before)
  equal([mirror.copied, mirror.size, mirror.quarantined], [300, 300, false])
  await mirror.add(good, checkpoint)
  is(mirror.copied, 512)
})

promises('refuses a page of nothing, and one of two packages with a proof that holds', async () => {
  const mirror = await openMirror(await disk.open())
  const entries = await writer.stored.entries(0, 300)
  const proof = await writer.stored.subtree(0, 300, SIZE)
  await isRefused(mirror, { entries, proof }, noteAt(SIZE), 'two packages')
  await isRefused(mirror, { entries: [], proof: [] }, noteAt(SIZE), 'nothing')
  is(mirror.copied, 0)
})

promises('refuses a page under a checkpoint that it is not of', async () => {
  const mirror = await openMirror(await disk.open())
  const page = await pageOf(writer.stored, 0, SIZE)
  for (const size of [100, 256, 520]) await isRefused(mirror, page, noteAt(size), `size ${size}`)
  const other = { origin: ORIGIN, size: BigInt(SIZE), root: rootOf(entriesOf(0, SIZE, 'other')) }
  await isRefused(
    mirror,
    page,
    signCheckpoint({ ...other, extensions: [] }, signer),
    'another tree',
  )
  is(mirror.copied, 0)
})

promises('goes on where it was when the power goes in the middle of a catch-up', async () => {
  const first = await pageOf(writer.stored, 0, 100)
  const rest = await shortPages(100)
  let resumed = 0
  for (let seed = 0; seed < 20; seed += 1) {
    const random = new SeededRandom(`power ${seed}`)
    const clock = new VirtualClock({ seed })
    const simulated = new SimulatedDisk()
    const open = (): Store => {
      return new SimulatedStore(NO_FAULTS.disk, { disk: simulated, clock, random })
    }
    const run = <T>(work: Promise<T>): Promise<T> => clock.finish(work, { eventsMax: 10_000 })
    const taken = 1 + random.integer(rest.size - 1)
    const copied = await run(
      (async () => {
        const mirror = await openMirror(open())
        await take(mirror, new Map([[0, first]]), 100, 1)
        return take(mirror, rest, SIZE, taken)
      })(),
    )
    simulated.crash(random)
    const mirror = await run(openMirror(open()))
    equal([mirror.size, mirror.checkpoint], [100, noteAt(100)], 'what was finished is durable')
    is(mirror.copied, copied, 'and so is every page')
    if (mirror.copied > 100 && mirror.copied < SIZE) resumed += 1
    await run(take(mirror, rest, SIZE, rest.size))
    equal([mirror.size, mirror.stored.root], [SIZE, writer.stored.root])
  }
  ok(resumed > 5, `${resumed} of 20 had pages to go on from`)
})

promises('is not written to again after a write that failed, until it is opened', async () => {
  for (const fault of ['lost', 'kept'] as const) {
    const store = new FaultyStore(await disk.open())
    const mirror = await openMirror(store)
    const start = mirror.copied
    const checkpoint = await mirror.check(noteAt(SIZE))
    const page = await pageOf(writer.stored, start, SIZE, 50)
    store.failNext(fault)
    is(await codeOf(mirror.add(page, checkpoint)), 'storage')
    equal([mirror.isBroken, mirror.copied], [true, start])
    const before = await contentOf(store)
    is(await codeOf(mirror.add(page, checkpoint)), 'storage', 'also when the disk would take it')
    equal(await contentOf(store), before)
    const again = await openMirror(await disk.open())
    equal([again.isBroken, again.copied], [false, fault === 'kept' ? start + 50 : start])
    await copyUpTo(again, writer.stored, noteAt(100))
  }
})

promises.run()

function noteAt(size: number): string {
  return notes.get(size)!
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.with(0, bytes[0]! ^ 1)
}

function entriesWith({ entries, proof }: Page, at: number, value: Uint8Array): Page {
  return { entries: entries.with(at, value), proof }
}

async function isRefused(mirror: Mirror, page: Page, note: string, what: string): Promise<void> {
  const checkpoint = openCheckpoint(note, ORIGIN, verifier)
  is(await codeOf(mirror.add(page, checkpoint)), 'bad-proof', what)
}

/** Pages of 70 entries and less, by where they start. */
async function shortPages(from: number): Promise<Map<number, Page>> {
  const pages = new Map<number, Page>()
  for (let start = from; start < SIZE;) {
    const page = await pageOf(writer.stored, start, SIZE, 70)
    pages.set(start, page)
    start += page.entries.length
  }
  return pages
}

/** Adds `most` pages towards `size`, and finishes if they lead there; returns how far they led. */
async function take(
  mirror: Mirror,
  pages: ReadonlyMap<number, Page>,
  size: number,
  most: number,
): Promise<number> {
  const checkpoint = await mirror.check(noteAt(size))
  for (let taken = 0; taken < most && mirror.copied < size; taken += 1) {
    await mirror.add(pages.get(mirror.copied)!, checkpoint)
  }
  if (mirror.copied === size) await mirror.finish(checkpoint)
  return mirror.copied
}
