/**
 * How soon a node is caught that leaves out 1 % of its people and signs that it has searched for
 * everybody: by blocks that are replayed, by queries that are asked twice, by canaries. Counted
 * over seeds, beside what the arithmetic says.
 *
 * The galleries, the digests and the roots are those of production; for queries that are asked
 * twice so is the whole register.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { GalleryFinger, GalleryPerson } from '../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import { detection } from '../../node/audit/replay-blocks.ts'
import { packFingers } from '../../node/search/fingers.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { BLOCK_PEOPLE, isInTree, proveBlock, scoresRoot } from '../../protocol/score-tree.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import { LazyGallery } from './lazy-gallery.ts'
import { LazyRegister } from './lazy-register.ts'

/** What a lazy node leaves out. */
const OMITTED = 0.01

/** As many blocks as that one of them is 1 %. */
const BLOCKS = 100

const SHARD = 0

/** Strangers around the canaries: fewer than in a shard, since they only cost time. */
const STRANGERS = 200

/** Of a register of which the lazy node leaves out one person. */
const PEOPLE = 8

/** One row of the table: of so many trials in how many it was seen. */
export interface Detected {
  readonly how: string
  /** Blocks, queries or canaries of each trial. */
  readonly looks: number
  readonly trials: number
  readonly seen: number
  /** By the arithmetic, the chance of each trial. */
  readonly predicted: number
}

export interface OmissionOptions {
  /** Prints of many people, each of one finger. */
  readonly prints: readonly (readonly CapturedFinger[])[]
  /** Of nobody in the register. */
  readonly decoy: readonly CapturedFinger[]
  readonly random: SeededRandom
}

/**
 * Whether a count is what a chance of `predicted` gives in all but one of a thousand runs
 * (binomial, by its normal approximation).
 */
export function isAsPredicted({ trials, seen, predicted }: Detected): boolean {
  const deviation = Math.sqrt(trials * predicted * (1 - predicted))
  return Math.abs(seen - trials * predicted) <= 3.3 * deviation + 0.5
}

/**
 * Blocks drawn at random are replayed. The lazy node leaves its people out block by block, the one
 * way in which no more than 1 % of blocks are false; or here and there, which falsifies most.
 */
export async function byReplay(
  { prints, decoy, random }: OmissionOptions,
  { looks, trials }: { looks: readonly number[]; trials: number },
): Promise<Detected[]> {
  const fingers = prints.map((print) => packFingers({ fingers: print }))
  const people = Array.from({ length: BLOCKS * BLOCK_PEOPLE }, (_, at): GalleryPerson => {
    const listed = { list: 'log', number: at }
    return { id: idOf(at), shard: SHARD, listed, fingers: fingers[at % fingers.length]! }
  })
  const honest = new MemoryGallery()
  for (const person of people) honest.add(person)
  const scattered = new Set(people.flatMap(({ id }) => (random.chance(OMITTED) ? [id] : [])))
  const block = random.integer(BLOCKS)
  const together = new Set(
    people.slice(block * BLOCK_PEOPLE, (block + 1) * BLOCK_PEOPLE).map(({ id }) => id),
  )
  const rows: Detected[] = []
  for (const [how, leftOut] of [
    ['replay, left out block by block', together],
    ['replay, left out here and there', scattered],
  ] as const) {
    const lazy = new LazyGallery({
      decoy: packFingers({ fingers: decoy })[0]!.packed,
      isLeftOut: (id) => leftOut.has(id),
    })
    for (const person of people) lazy.add(person)
    const isFalse = await falseBlocks(people, honest, lazy, fingers[0]!)
    const share = isFalse.filter(Boolean).length / BLOCKS
    for (const drawn of looks) {
      let seen = 0
      for (let trial = 0; trial < trials; trial += 1) {
        const draws = Array.from({ length: drawn }, () => random.integer(BLOCKS))
        if (draws.some((at) => isFalse[at])) seen += 1
      }
      rows.push({ how, looks: drawn, trials, seen, predicted: detection(share, drawn) })
    }
  }
  return rows
}

/** A lazy node's blocks, each opened against its root and replayed by somebody honest. */
async function falseBlocks(
  people: readonly GalleryPerson[],
  honest: MemoryGallery,
  lazy: LazyGallery,
  fingers: readonly GalleryFinger[],
): Promise<boolean[]> {
  const asked = { fingers, shards: [SHARD], threshold: 1, limit: 1, withDigests: true }
  const said = (await lazy.search(asked)).digests![0]!.blocks
  const root = scoresRoot(said)
  const isFalse: boolean[] = []
  for (const at of said.keys()) {
    const proven = await proveBlock(said, at)
    if (!isInTree(proven, root)) throw new Error(`block ${at} is not in its own tree`)
    const among = people.slice(at * BLOCK_PEOPLE, (at + 1) * BLOCK_PEOPLE).map(({ id }) => id)
    const replayed = (await honest.search({ ...asked, among })).digests![0]!.blocks[0]!
    isFalse.push(toHex(replayed) !== toHex(proven.digest))
  }
  return isFalse
}

/** Canaries that nobody knows, each searched for once; every trial leaves out others. */
export async function byCanaries(
  { prints, decoy, random }: OmissionOptions,
  { looks, trials }: { looks: number; trials: number },
): Promise<Detected> {
  const canaries = prints.slice(0, looks).map((print) => packFingers({ fingers: print }))
  const strangers = packFingers({ fingers: prints.at(-1)! })
  let seen = 0
  for (let trial = 0; trial < trials; trial += 1) {
    const fork = random.fork(`canaries ${trial}`)
    const packed = packFingers({ fingers: decoy })[0]!.packed
    const lazy = new LazyGallery({ decoy: packed, isLeftOut: () => fork.chance(OMITTED) })
    for (const [at, fingers] of canaries.entries())
      lazy.add({ id: idOf(at), shard: SHARD, fingers })
    for (let at = 0; at < STRANGERS; at += 1) {
      lazy.add({ id: `stranger ${at}`, shard: SHARD, fingers: strangers })
    }
    const found = await Promise.all(
      canaries.map(async (fingers, at) => {
        const asked = { fingers, shards: [SHARD], threshold: 60, limit: 8, shortlist: 8 }
        const { candidates } = await lazy.search(asked)
        return candidates.some(({ id }) => id === idOf(at))
      }),
    )
    if (found.includes(false)) seen += 1
  }
  return { how: 'canaries', looks, trials, seen, predicted: detection(OMITTED, looks) }
}

/**
 * Queries of which a share is asked twice: each of them alone is a trial, since one person who is
 * left out already makes another root.
 */
export async function bySecondLooks(
  { prints, decoy }: OmissionOptions,
  { share, trials, seed }: { share: number; trials: number; seed: string },
): Promise<Detected> {
  let leftOut: string | undefined
  const lazy = await LazyRegister.start({
    seed,
    shards: 2,
    secondLookShare: share,
    decoy,
    isLeftOut: (id) => (leftOut ??= id) === id,
  })
  for (const print of prints.slice(0, PEOPLE)) await lazy.enrol(print)
  const before = await disputesIn(lazy)
  for (let trial = 0; trial < trials; trial += 1) await lazy.identify(prints[PEOPLE]!)
  const seen = (await disputesIn(lazy)) - before
  return { how: 'asked twice', looks: 1, trials, seen, predicted: share }
}

/** On the ledger. */
async function disputesIn(lazy: LazyRegister): Promise<number> {
  await lazy.until(() => lazy.register.isSettled())
  return lazy.asker.registry.entries.get('dispute') ?? 0
}

function idOf(at: number): string {
  return `person ${at}`
}
