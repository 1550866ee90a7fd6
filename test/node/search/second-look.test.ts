import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { verifyDispute } from '../../../node/audit/verify-dispute.ts'
import { SAMPLE_KEPT_MS, SAMPLES_MAX } from '../../../node/limits.ts'
import { Samples } from '../../../node/search/samples.ts'
import { answerBundles, answers } from '../../../protocol/answer.ts'
import { disputes } from '../../../protocol/dispute.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { samples } from '../../../protocol/sample.ts'
import { scoresRoot } from '../../../protocol/score-tree.ts'
import { LAZY, LazyRegister } from '../../../simulations/scenarios/lazy-register.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { testPerson } from '../../support/test-person.ts'

const SHARDS = 4
const PEOPLE = Array.from({ length: 10 }, (_, at) => testPerson(`looked at ${at}`))
const DECOY = testPerson('nobody').capture()

const promises = suite('a query that is asked twice')

promises('finds honest replicas to say the same, and is kept to be replayed', async () => {
  const honest = await register('honest', () => false)
  const { answer, parts } = await honest.identify(PEOPLE[3]!.capture('again'))
  is(answer.verdict, 'hit')
  const { secondLook, disputes: found, samples: kept } = honest.asker
  const { same, ...others } = secondLook.counts.shards
  ok(same >= SHARDS)
  const { incomparable, ...wrong } = others
  ok(incomparable < same, 'those for whom somebody was enrolled in between')
  equal(wrong, { scores: 0, candidates: 0, silent: 0 })
  is(secondLook.counts.unopened, 0)
  equal(found.names(), [])
  const { answer: bundle, scores } = samples.decode(kept.encoded(toHex(answer.queryId))!)
  equal(answers.decode(answerBundles.decode(bundle).answer), answer)
  const counts = parts.flatMap(({ shards }) => shards)
  is(scores.length, SHARDS)
  for (const { shard, digests } of scores) {
    equal(scoresRoot(digests), counts.find((count) => count.shard === shard)!.scores)
  }
})

promises('puts it on record when one of them has left somebody out', async () => {
  let someone: string | undefined
  const lazy = await register('lazy', (id) => (someone ??= id) === id)
  await lazy.identify(testPerson('not enrolled').capture())
  const { disputes: found, ledger } = lazy.asker
  const names = found.names()
  is(new Set(names.map((name) => name.split('-')[1])).size, 1, 'of one shard alone')
  const evidence = (await lazy.finish(found.evidence(names.at(-1)!)))!
  const { roster } = lazy.register
  const { nodes, shard, about, queryId } = verifyDispute(evidence, roster)
  is(about, 'scores')
  ok(nodes.includes(LAZY))
  const entries = await lazy.finish(ledger.own.stored.entries(0, ledger.own.size))
  const logged = entries.map((bytes) => decodeEntry(bytes)).filter(({ type }) => type === 'dispute')
  is(logged.length, names.length)
  const entry = logged.find(
    (one) => one.type === 'dispute' && toHex(one.queryId) === toHex(queryId),
  )
  ok(entry?.type === 'dispute' && entry.shard === shard)

  const { first, second, ...rest } = disputes.decode(evidence)
  throws(() => verifyDispute(disputes.encode({ ...rest, first, second: first }), roster))
  const elsewhere = { ...rest, first, second, shard: (shard + 1) % SHARDS }
  throws(() => verifyDispute(disputes.encode(elsewhere), roster), /bad-proof|same|people/)
})

promises('is forgotten after its time, when it is one too many, and with the person', async () => {
  const lazy = await register('forgotten', () => false)
  const { answer } = await lazy.identify(PEOPLE[2]!.capture('again'))
  const clock = new VirtualClock({ seed: 'forgotten' })
  const sample = lazy.asker.samples.get(toHex(answer.queryId))!
  const kept = new Samples({ clock })
  for (let at = 0; at <= SAMPLES_MAX; at += 1) {
    const said = { ...answer, queryId: numbered(at), candidates: at === 7 ? answer.candidates : [] }
    kept.add({ ...sample, said })
  }
  is(kept.size, SAMPLES_MAX)
  is(kept.get(toHex(numbered(0))), undefined)
  ok(kept.get(toHex(numbered(7))))
  kept.forget(answer.candidates[0]!.handle)
  is(kept.get(toHex(numbered(7))), undefined)
  is(kept.size, SAMPLES_MAX - 1)
  await clock.run({ forMs: SAMPLE_KEPT_MS + 1, eventsMax: 10_000 })
  is(kept.size, 0)
})

promises.run()

async function register(seed: string, isLeftOut: (id: string) => boolean): Promise<LazyRegister> {
  const options = { seed, shards: SHARDS, secondLookShare: 1, decoy: DECOY, isLeftOut }
  const lazy = await LazyRegister.start(options)
  for (const person of PEOPLE) await lazy.enrol(person.capture())
  await lazy.until(() => lazy.register.isSettled())
  return lazy
}

function numbered(at: number): Uint8Array {
  const queryId = new Uint8Array(16)
  new DataView(queryId.buffer).setUint32(0, at)
  return queryId
}
