import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { type Signer } from '../../../crypto/ed25519.ts'
import { witnessedBy } from '../../../node/audit/coverage.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { nodeKeys } from '../../../node/node.ts'
import { answerBundles, answers, answerSignedBytes } from '../../../protocol/answer.ts'
import type { Answer, AnswerBundle } from '../../../protocol/answer.ts'
import { decodeEntryOf, encodeEntry } from '../../../protocol/entry/entry.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { decodePart, encodePart, partDigest, type Part } from '../../../protocol/part.ts'
import type { Roster } from '../../../protocol/roster.ts'
import type { Found } from '../../../node/search/search.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { seedOf } from '../../support/test-officers.ts'
import { testPerson } from '../../support/test-person.ts'

interface State {
  mesh: TestMesh
  /** One of three enrolled people, found by the second node. */
  hit: Found
  /** Nobody found, by the same node. */
  miss: Found
  handles: Uint8Array[]
}

const promises = suite<State>('an answer that is verified offline')

promises.before(async (state) => {
  state.mesh = await startTestMesh({ nodes: 3, shards: 6, replicas: 2 })
  state.handles = []
  for (const [i, name] of ['first', 'second', 'third'].entries()) {
    const request = state.mesh.signedEnrolment({ fingers: testPerson(name).capture() })
    await state.mesh.node(i).enrolment.enrol(request)
    state.handles.push(request.handle)
  }
  await state.mesh.settled()
  const ask = async (name: string): Promise<Found> => {
    const fingers = testPerson(name).capture('again')
    return state.mesh.node(1).search.ask(state.mesh.signedQuery({ fingers }))
  }
  state.hit = await ask('first')
  state.miss = await ask('somebody else')
})

promises.after(async ({ mesh }) => mesh.close())

promises('is good when nothing was done to it, hit or not', ({ mesh, hit, miss, handles }) => {
  const found = verifyAnswer(hit.encoded, mesh.roster)
  is(found.answer.verdict, 'hit')
  equal(
    found.answer.candidates.map(({ handle }) => toHex(handle)),
    [toHex(handles[0]!)],
  )
  is(found.searched, 3)
  is(found.checked.inclusions, 1 + found.parts.length + 1)
  const ofAnswer = 3
  const ofEnrolment = 4
  is(found.checked.signatures, found.checked.inclusions + ofAnswer + ofEnrolment)
  const missed = verifyAnswer(miss.encoded, mesh.roster)
  is(missed.answer.verdict, 'no-hit')
  is(missed.searched, 3)
})

promises('says nothing good under another roster', ({ mesh, hit }) => {
  const others = mesh.roster.nodes.map((node) => ({ ...node, publicKey: node.boxKey }))
  is(
    codeOf(() => verifyAnswer(hit.encoded, { ...mesh.roster, nodes: others })),
    'bad-signature',
  )
  is(
    codeOf(() => verifyAnswer(hit.encoded, { ...mesh.roster, organisations: [] })),
    'forbidden',
  )
  is(
    codeOf(() => verifyAnswer(hit.encoded, { ...mesh.roster, shards: 7 })),
    'bad-proof',
  )
})

promises('is refused when any byte is changed, but for the cosignatures that it has', (state) => {
  const { mesh, hit } = state
  const good = verifyAnswer(hit.encoded, mesh.roster)
  const cosignatures = cosignaturesIn(hit.encoded, mesh.roster)
  ok(cosignatures > 0)
  const step = Math.max(1, Math.floor(hit.encoded.length / 600))
  let refused = 0
  for (let at = 0; at < hit.encoded.length; at += step) {
    const changed = Uint8Array.from(hit.encoded)
    changed[at]! ^= 0x01
    const code = codeOf(() => verifyAnswer(changed, mesh.roster))
    is(code === 'untyped', false, `byte ${at} changed: ${code}`)
    if (code !== 'none') {
      refused += 1
      continue
    }
    // Whoever passes the answer on can drop a cosignature, and so spoil one: it counts no more.
    equal(verifyAnswer(changed, mesh.roster).answer, good.answer)
    ok(cosignaturesIn(changed, mesh.roster) < cosignatures, `byte ${at} changed: ${code}`)
  }
  ok(refused > 300, `${refused} of 600`)
})

/** Cosignatures that verify, over all checkpoints. */
function cosignaturesIn(encoded: Uint8Array, roster: Roster): number {
  const { query, parts, enrolments } = answerBundles.decode(encoded)
  const entries = [query, ...parts.map(({ search }) => search), ...enrolments]
  const counts = entries.map((entry) => {
    const { witnesses, mirrors } = witnessedBy(entry, roster)
    return witnesses.length + mirrors.length
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

/** What a node of the roster could do to an answer that it signs itself. */
const lies: Record<string, (answer: Answer, found: Found) => Partial<Answer>> = {
  'drops the candidate': () => ({ candidates: [], verdict: 'no-hit' }),
  'keeps the candidate and says no hit': () => ({ verdict: 'no-hit' }),
  'names somebody else': ({ candidates }, { answer }) => ({
    candidates: candidates.map((candidate) => ({ ...candidate, handle: answer.queryId })),
  }),
  'raises a score': ({ candidates }) => ({
    candidates: candidates.map((candidate) => ({ ...candidate, score: candidate.score + 1 })),
  }),
  'points to another enrolment': ({ candidates }) => ({
    candidates: candidates.map((candidate) => ({ ...candidate, index: candidate.index + 1 })),
  }),
  'leaves out a shard': ({ shards }) => ({ shards: shards.slice(1) }),
  'names a shard twice': ({ shards }) => ({ shards: [shards[0]!, ...shards.slice(0, -1)] }),
  'says that a shard was silent': ({ shards }) => ({
    shards: shards.map((shard, i) => (i > 0 ? shard : { ...shard, answeredBy: undefined })),
  }),
  'says that another node answered': ({ shards }) => ({
    shards: shards.map((shard) => ({ ...shard, answeredBy: 'region-9' })),
  }),
  'lowers the threshold': ({ threshold }) => ({ threshold: threshold - 1 }),
  'answers another query': () => ({ queryId: new Uint8Array(16) }),
  'answers what was not asked': () => ({ action: 'verify' }),
  'signs for another node': () => ({ node: 'region-1' }),
}

for (const [what, lie] of Object.entries(lies)) {
  promises(`is refused when the node that signs it ${what}`, ({ mesh, hit }) => {
    const forged = { ...hit.answer, ...lie(hit.answer, hit) }
    const code = codeOf(() => verifyAnswer(resigned(hit.bundle, forged), mesh.roster))
    ok(['bad-proof', 'bad-signature', 'malformed'].includes(code), code)
  })
}

/** What a node of the roster could log and sign as its part of an answer. */
const partialLies: Record<string, (part: Part) => Partial<Part>> = {
  'is as it was': () => ({}),
  'counts a shard twice': ({ shards }) => ({ shards: [...shards, shards[0]!] }),
  'has read no log': () => ({ frontier: [] }),
  'has read one log twice, and another not': ({ frontier: [first, , third] }) => ({
    frontier: [first!, first!, third!],
  }),
  'has not read as much as who asks': ({ frontier }) => ({
    frontier: frontier.map(({ node }) => ({ node, size: 0 })),
  }),
}

for (const [how, lie] of Object.entries(partialLies)) {
  const isLie = how !== 'is as it was'
  promises(`is ${isLie ? 'refused' : 'taken'} where a logged part ${how}`, async (state) => {
    const { mesh, hit } = state
    const bundle = answerBundles.decode(hit.encoded)
    const [part] = hit.parts as [Part]
    const { ledger, name } = mesh.nodes.find((node) => node.name === part.node)!
    const told = encodePart({ ...part, ...lie(part) })
    const logged = decodeEntryOf('search', bundle.parts[0]!.search.entry)
    const index = await ledger.own.append(encodeEntry({ ...logged, part: partDigest(told) }))
    const search = await ledger.prove(name, index)
    const parts = [{ part: told, search }, ...bundle.parts.slice(1)]
    const changed = answerBundles.encode({ ...bundle, parts })
    is(
      codeOf(() => verifyAnswer(changed, mesh.roster)),
      isLie ? 'bad-proof' : 'none',
    )
  })
}

promises('is refused without a part, with a changed part, or with one twice', ({ mesh, hit }) => {
  const { parts } = hit.bundle
  const [first] = parts
  const changed = encodePart({ ...decodePart(first!.part), candidates: [], at: 0 })
  const forgeries: AnswerBundle['parts'][] = [
    [],
    parts.slice(1),
    [...parts, first!],
    [{ ...first!, part: changed }, ...parts.slice(1)],
    [{ ...first!, search: hit.bundle.query }, ...parts.slice(1)],
  ]
  for (const forged of forgeries) {
    const encoded = answerBundles.encode({ ...hit.bundle, parts: forged })
    const code = codeOf(() => verifyAnswer(encoded, mesh.roster))
    ok(code === 'bad-proof' || code === 'malformed', code)
  }
})

promises("is refused with another query's parts, query or enrolments", ({ mesh, hit, miss }) => {
  for (const piece of ['parts', 'query', 'enrolments'] as const) {
    const encoded = answerBundles.encode({ ...hit.bundle, [piece]: miss.bundle[piece] })
    is(
      codeOf(() => verifyAnswer(encoded, mesh.roster)),
      'bad-proof',
    )
  }
})

promises(
  'of a verification covers the one shard, and no other person',
  async ({ mesh, handles }) => {
    const fingers = testPerson('first').capture('again')
    const asked = async (handle: Uint8Array): Promise<Found> => {
      return mesh.node(2).search.ask(mesh.signedQuery({ fingers, handle }))
    }
    const right = verifyAnswer((await asked(handles[0]!)).encoded, mesh.roster)
    is(right.answer.verdict, 'hit')
    is(right.answer.shards.length, 1)
    const wrong = verifyAnswer((await asked(handles[1]!)).encoded, mesh.roster)
    is(wrong.answer.verdict, 'no-hit')
    equal(
      wrong.answer.candidates.map(({ handle }) => toHex(handle)),
      [toHex(handles[1]!)],
    )
    const nobody = verifyAnswer((await asked(new Uint8Array(16))).encoded, mesh.roster)
    is(nobody.answer.verdict, 'no-hit')
    is(nobody.answer.candidates.length, 0)
  },
)

promises.run()

function resigned(bundle: AnswerBundle, forged: Answer): Uint8Array {
  const answer = answers.encode(forged)
  const signature = signerOf('region-2').sign(answerSignedBytes(answer))
  return answerBundles.encode({ ...bundle, answer, signature })
}

function signerOf(name: string): Signer {
  return nodeKeys(seedOf(name)).signer
}

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'none'
  } catch (error) {
    return error instanceof TamgaError ? error.code : 'untyped'
  }
}
