import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import {
  decodeDeed,
  DEED_BYTES_MAX,
  deedDigest,
  encodeDeed,
  ERASURE_GROUNDS,
  EXEMPTION_CAUSES,
  FINDINGS,
  isCaseDeed,
  isLifeDeed,
  POSTPONEMENT_CAUSES,
  REINSTATEMENT_CAUSES,
  relativesDigest,
  resolutionDigest,
  SUSPENSION_CAUSES,
  WATCH_CAUSES,
  type Deed,
  type DeedType,
} from '../../protocol/deed.ts'
import { POLICY_BYTES_MAX } from '../../protocol/rules/policy.ts'
import { deeds, deedsOf, deedTypes } from '../support/arbitrary-deeds.ts'
import { bitFlips, check, codeOf, promiseCodec } from './support/codec-promises.ts'
import { readTree, replaced, writeFrame } from './support/message-pack.ts'

const promises = suite('a deed')

/** By number, and what it changes: a life, a case, or neither. */
const KINDS: readonly [type: DeedType, changes?: 'life' | 'case'][] = [
  ['refusal', 'life'],
  ['postponement', 'life'],
  ['exemption', 'life'],
  ['confirmation', 'life'],
  ['document', 'life'],
  ['suspension', 'life'],
  ['reinstatement', 'life'],
  ['death', 'life'],
  ['expiry', 'life'],
  ['erasure', 'life'],
  ['opinion', 'case'],
  ['second-examiner', 'case'],
  ['policy'],
  ['watch'],
  ['release'],
  ['hold'],
  ['status'],
  ['eligibility'],
  ['accesses'],
  ['case-file'],
  ['case-queue'],
  ['breach'],
  ['alarms'],
  ['resolution'],
  ['relatives'],
  ['log-copy'],
  ['inspection'],
  ['crossing'],
  ['certificate-revocation'],
]

const RELATIVES = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)]

const subject = { bytesMax: DEED_BYTES_MAX, encode: encodeDeed, decode: decodeDeed }

for (const [number, [type, changes]] of KINDS.entries()) {
  promiseCodec<Deed>(promises, { ...subject, name: type }, deedsOf(type))

  promises(`${type}: is kind ${number} for ever`, () => {
    check(deedsOf(type), (deed) => {
      const tree = readTree(encodeDeed(deed))
      is(Array.isArray(tree) && tree[0], number)
    })
  })

  promises(`${type}: changes ${changes ? `a ${changes}` : 'neither a life nor a case'}`, () => {
    check(deedsOf(type), (deed) => {
      is(isLifeDeed(deed), changes === 'life')
      is(isCaseDeed(deed), changes === 'case')
    })
  })
}

promises('is of one of these kinds, and of no other', () => {
  equal(
    KINDS.map(([type]) => type),
    deedTypes,
  )
  const tree = readTree(encodeDeed({ type: 'status' }))
  for (const number of [KINDS.length, KINDS.length + 1, 255, 1e9]) {
    is(
      codeOf(() => decodeDeed(writeFrame(replaced(tree, [0], number)))),
      'malformed',
    )
  }
})

const UNSOUND: readonly [why: string, deed: Deed][] = [
  ['a postponement to no day', { type: 'postponement', cause: 'ill', until: '2026-02-30' }],
  ['a postponement to no date', { type: 'postponement', cause: 'ill', until: 'for ever' }],
  ['an exemption to no day', { type: 'exemption', cause: 'under-age', until: '2026-13-01' }],
  ['an exemption to nothing', { type: 'exemption', cause: 'under-age', until: '' }],
  ['a fine of less than nothing', { type: 'refusal', fine: -1 }],
  ['half a fine', { type: 'refusal', fine: 0.5 }],
  [
    'a reference of 15 bytes',
    { type: 'document', document: 'passport', reference: new Uint8Array(15) },
  ],
  ['a case of 31 bytes', { type: 'release', case: new Uint8Array(31) }],
  [
    'a longer reason',
    {
      type: 'opinion',
      case: new Uint8Array(32),
      candidate: new Uint8Array(16),
      finding: 'same',
      reason: 'r'.repeat(257),
    },
  ],
  ['a longer policy', { type: 'policy', policy: new Uint8Array(POLICY_BYTES_MAX + 1) }],
  ['an index that is none', { type: 'hold', log: 'astana', index: -1, until: 0 }],
]

for (const [why, deed] of UNSOUND) {
  promises(`with ${why} is malformed`, () => {
    is(
      codeOf(() => decodeDeed(encodeDeed(deed))),
      'malformed',
    )
  })
}

promises('can bring in the longest policy', () => {
  const deed: Deed = { type: 'policy', policy: new Uint8Array(POLICY_BYTES_MAX).fill(1) }
  equal(decodeDeed(encodeDeed(deed)), deed)
})

promises('says the same words by the same numbers for ever', () => {
  equal(POSTPONEMENT_CAUSES, ['injured', 'bandaged', 'ill'])
  equal(EXEMPTION_CAUSES, ['no-fingers', 'no-pattern', 'under-age'])
  equal(SUSPENSION_CAUSES, ['duplicate', 'credential', 'court-order'])
  equal(REINSTATEMENT_CAUSES, ['cleared', 'court-order'])
  equal(ERASURE_GROUNDS, ['request', 'consent-withdrawn', 'court-order', 'expired'])
  equal(WATCH_CAUSES, ['wanted', 'missing', 'entry-ban', 'document-reported'])
  equal(FINDINGS, ['same', 'different', 'cannot-tell'])
  const added = readTree(encodeDeed({ type: 'watch', listed: 'added', cause: 'wanted' }))
  equal(added, [13, [0, 0]])
})

promises('has a digest of its own bytes, under a tag of its own', () => {
  check(deeds, (deed) => {
    const encoded = encodeDeed(deed)
    equal(deedDigest(encoded), sha256(concatBytes(utf8('tamga/deed/v1\n'), encoded)))
  })
})

promises('has another digest when any bit of it is another', () => {
  const encoded = encodeDeed({ type: 'erasure', ground: 'request' })
  for (const changed of bitFlips(encoded)) not.equal(deedDigest(changed), deedDigest(encoded))
})

/** What a nonce hides: each with its tag, so that none is the other. */
const HIDDEN: readonly [
  what: string,
  digest: (nonce: Uint8Array) => Uint8Array,
  bytes: Uint8Array,
][] = [
  ['resolution', (nonce) => resolutionDigest(nonce, '791028302728'), utf8('791028302728')],
  ['relatives', (nonce) => relativesDigest(nonce, RELATIVES), concatBytes(...RELATIVES)],
]

for (const [what, digest, hidden] of HIDDEN) {
  promises(`${what}: hides what it is about behind a nonce, under a tag of its own`, () => {
    const nonce = new Uint8Array(32).fill(5)
    equal(digest(nonce), sha256(concatBytes(utf8(`tamga/${what}/v1\n`), nonce, hidden)))
    for (const changed of bitFlips(nonce)) not.equal(digest(changed), digest(nonce))
  })
}

promises.run()
