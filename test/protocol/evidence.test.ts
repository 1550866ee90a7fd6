import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { utf8 } from '../../crypto/bytes.ts'
import { openNote, signNote } from '../../crypto/note.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import {
  evidenceOf,
  evidences,
  verifyEvidence,
  type Evidence,
  type Prefix,
} from '../../protocol/evidence.ts'
import { CHECKPOINT_BYTES_MAX, PROOF_HASHES_MAX } from '../../protocol/limits.ts'
import { bytesOf } from '../support/arbitraries.ts'
import { evidences as anyEvidence } from '../support/arbitrary-evidence.ts'
import { convicting, forked, History, logSigner, rosterOf } from '../support/history.ts'
import { bitFlips, codeOf, promiseCodec } from './support/codec-promises.ts'

const LOG = 'almaty'
const OTHER = 'astana'
const roster = rosterOf([LOG, OTHER])

/** Where the histories of the examples part, and how long both become. */
const COMMON = 5
const LENGTH = 12

const [left, right] = forked(LOG, COMMON, LENGTH - COMMON)

const promises = suite('evidence')

promiseCodec(promises, { ...evidences, name: 'evidence' }, anyEvidence)

promises('of two roots at one size needs nothing but the two notes', async () => {
  const evidence = await convicting(LOG, [left, right], 8, 8)
  is(evidence.prefix, undefined)
  const { log, kind, first, second, encoded } = verifyEvidence(evidence, roster)
  equal([log, kind, first.size, second.size], [LOG, 'same-size', 8n, 8n])
  equal(new Set([first.note, second.note]), new Set([left.checkpoint(8), right.checkpoint(8)]))
  equal(verifyEvidence(encoded, roster).encoded, encoded)
})

promises('of two sizes shows how the larger tree really began', async () => {
  const evidence = await convicting(LOG, [left, right], 7, 11)
  const { kind, first, second, prefix } = verifyEvidence(evidences.encode(evidence), roster)
  equal([kind, first.size, second.size], ['other-beginning', 7n, 11n])
  equal([first.root, second.root, prefix?.root], [left.root(7), right.root(11), right.root(7)])
})

promises(
  'is the same bytes whoever found it, in whatever order, with whatever cosignatures',
  () => {
    for (const [a, b] of [
      [left.checkpoint(8), right.checkpoint(8)],
      [left.checkpoint(7), right.checkpoint(11)],
    ] as const) {
      const found = [
        [a, b],
        [b, a],
        [cosignedToo(a), b],
        [b, cosignedToo(a)],
      ] as const
      const all = found.map((notes) => evidenceOf({ log: LOG, notes }, left.verifier))
      for (const evidence of all) equal(evidence, all[0])
      ok(!all[0]!.first.includes(OTHER))
    }
  },
)

promises('counts a line that only pretends to be by the key for nothing', () => {
  const notes = [left.checkpoint(8), right.checkpoint(8)] as const
  const line = right.checkpoint(9).split('\n').at(-2)!
  const [text, rest] = notes[0].split('\n\n')
  const spoilt = `${text}\n\n${line}\n${rest}`
  const evidence = evidenceOf({ log: LOG, notes: [spoilt, notes[1]] }, left.verifier)
  equal(evidence, evidenceOf({ log: LOG, notes }, left.verifier))
})

promises('is not made of what the key did not sign', () => {
  const forged = right.checkpoint(8, logSigner(LOG, 'a stranger'))
  for (const [note, code] of [
    [forged, 'bad-signature'],
    ['not a note', 'malformed'],
    [signNote('not a checkpoint\n', [logSigner(LOG)]), 'malformed'],
  ] as const) {
    const notes = [left.checkpoint(8), note] as const
    is(
      codeOf(() => evidenceOf({ log: LOG, notes }, left.verifier)),
      code,
    )
  }
})

const foreign = new History(OTHER, [utf8('x')]).checkpoint(1, logSigner(LOG))
const forged = right.checkpoint(11, logSigner(LOG, 'a stranger'))
const cosigned = cosignedToo(right.checkpoint(11))
const empty = left.checkpoint(0)

/** What is changed in good evidence of two sizes, and what is said of it. */
const CHANGES: readonly [what: string, code: ErrorCode, change: Change][] = [
  ['a log that is not in the roster', 'not-found', () => ({ log: 'semey' })],
  ['another log', 'bad-signature', () => ({ log: OTHER })],
  ['a smaller checkpoint by a stranger', 'bad-signature', () => ({ first: forged })],
  ['a larger checkpoint by a stranger', 'bad-signature', () => ({ second: forged })],
  ["a checkpoint with others' signatures", 'malformed', () => ({ second: cosigned })],
  ['a checkpoint of another log by the same key', 'malformed', () => ({ first: foreign })],
  ['no note', 'malformed', () => ({ first: 'x' })],
  ['the wrong order', 'malformed', ({ first, second }) => ({ first: second, second: first })],
  ['a larger size', 'bad-proof', () => ({ second: right.checkpoint(12) })],
  ['a smaller size', 'bad-proof', () => ({ first: left.checkpoint(6) })],
  ['an empty tree', 'bad-proof', () => ({ first: empty })],
  ['no prefix', 'bad-proof', () => ({ prefix: undefined })],
  ['a prefix between one size', 'malformed', () => ({ first: left.checkpoint(11) })],
  ['the root that was signed', 'bad-proof', ({ prefix }) => withPrefix(prefix, left.root(7))],
  ['another root', 'bad-proof', ({ prefix }) => withPrefix(prefix, right.root(8))],
  ['no proof', 'bad-proof', () => withPrefix({ proof: [] }, right.root(7))],
  ['a shorter proof', 'bad-proof', (e) => withProof(e, (proof) => proof.slice(1))],
  ['a longer proof', 'bad-proof', (e) => withProof(e, (proof) => [...proof, proof[0]!])],
  ['a proof in another order', 'bad-proof', (e) => withProof(e, (proof) => proof.toReversed())],
]

type Change = (evidence: Evidence) => Partial<Evidence>

for (const [what, code, change] of CHANGES) {
  promises(`with ${what} convicts nobody`, async () => {
    const evidence = await convicting(LOG, [left, right], 7, 11)
    const changed = { ...evidence, ...change(evidence) }
    is(
      codeOf(() => verifyEvidence(changed, roster)),
      code,
    )
  })
}

promises('convicts nobody with any bit of it changed', async () => {
  for (const [from, to] of [
    [8, 8],
    [7, 11],
  ] as const) {
    const { encoded } = verifyEvidence(await convicting(LOG, [left, right], from, to), roster)
    for (const changed of bitFlips(encoded)) {
      not.equal(
        codeOf(() => verifyEvidence(changed, roster)),
        undefined,
      )
    }
  }
})

promises('of the longest checkpoints and the longest proof can be sent', () => {
  const longest = {
    log: 'a'.repeat(64),
    first: '\n'.repeat(CHECKPOINT_BYTES_MAX),
    second: '\n'.repeat(CHECKPOINT_BYTES_MAX),
    prefix: {
      root: new Uint8Array(32),
      proof: Array.from({ length: PROOF_HASHES_MAX }, () => new Uint8Array(32)),
    },
  }
  equal(evidences.decode(evidences.encode(longest)), longest)
  is(
    codeOf(() => verifyEvidence(new Uint8Array(evidences.bytesMax + 1), roster)),
    'too-large',
  )
})

promises('convicts a log that hides behind lines of its own in its checkpoints', () => {
  const notes = [lengthy(left), lengthy(right)] as const
  const evidence = evidenceOf({ log: LOG, notes }, left.verifier)
  is(verifyEvidence(evidence, roster).kind, 'same-size')
})

/** Forks with two sizes that are both past the fork. */
const forks = fc
  .record({
    common: fc.nat(20),
    a: fc.integer({ min: 1, max: 20 }),
    b: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ common, a, b }) => ({
    common,
    from: common + Math.min(a, b),
    to: common + Math.max(a, b),
  }))

promises('is accepted of every fork, with the true beginning of the larger tree', async () => {
  await fc.assert(
    fc.asyncProperty(forks, async ({ common, from, to }) => {
      const histories = forked(LOG, common, to - common)
      for (const pair of [histories, histories.toReversed() as typeof histories]) {
        const { kind } = verifyEvidence(await convicting(LOG, pair, from, to), roster)
        is(kind, from === to ? 'same-size' : 'other-beginning')
      }
    }),
  )
})

/** One history and two of its sizes, with whatever somebody says of its beginning. */
const slanders = fc
  .record({
    common: fc.nat(20),
    own: fc.integer({ min: 1, max: 20 }),
    sizes: fc.tuple(fc.nat(), fc.nat()),
  })
  .chain(({ common, own, sizes }) => {
    const histories = forked(LOG, common, own)
    const places = sizes.map((size) => size % (common + own + 1)).sort((a, b) => a - b)
    const [from, to] = places as [number, number]
    const digests = fc.array(bytesOf(32), { maxLength: 8 })
    const invented = fc.record({ root: bytesOf(32), proof: digests })
    const claims = fc.oneof(
      fc.constant(undefined),
      invented,
      fc.constant(histories[0].prefix(from, to)),
      fc.constant(histories[1].prefix(from, to)),
      fc
        .tuple(bytesOf(32), fc.constant(histories[0].prefix(from, to)))
        .map(async ([root, prefix]) => {
          return { root, proof: (await prefix).proof }
        }),
    )
    return fc
      .record({ claim: claims, from: fc.constant(from), to: fc.constant(to) })
      .map((rest) => {
        return { ...rest, history: histories[0] }
      })
  })

promises('is never accepted against a log that only grew, whatever is said of it', async () => {
  await fc.assert(
    fc.asyncProperty(slanders, async ({ history, claim, from, to }) => {
      const prefix: Prefix | undefined = await claim
      const [first, second] = [history.checkpoint(from), history.checkpoint(to)]
      for (const pair of [
        { first, second },
        { first: second, second: first },
      ]) {
        const refused = codeOf(() => verifyEvidence({ log: LOG, ...pair, prefix }, roster))
        ok(['bad-proof', 'malformed'].includes(refused ?? ''), String(refused))
      }
    }),
    { numRuns: 300 },
  )
})

promises.run()

/** The note, with a signature by another node too. */
function cosignedToo(note: string): string {
  const { text } = openNote(note, [left.verifier])
  return signNote(text, [logSigner(OTHER)], note)
}

/** A checkpoint that is almost as long as one may be. */
function lengthy(history: History): string {
  return history.checkpoint(8, undefined, ['x'.repeat(65_000)])
}

function withPrefix(
  prefix: Pick<Prefix, 'proof'> | undefined,
  root: Uint8Array,
): Partial<Evidence> {
  return { prefix: { root, proof: prefix!.proof } }
}

function withProof(
  { prefix }: Evidence,
  change: (proof: readonly Uint8Array[]) => readonly Uint8Array[],
): Partial<Evidence> {
  return { prefix: { root: prefix!.root, proof: change(prefix!.proof) } }
}
