import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../crypto/bytes.ts'
import {
  answerBundles,
  answers,
  answerSignedBytes,
  verdictOf,
  type Answer,
  type ShardOutcome,
} from '../../protocol/answer.ts'
import { CANDIDATES_MAX, REPLICAS_MAX, SHARDS_MAX } from '../../protocol/limits.ts'
import type { PartCandidate } from '../../protocol/part.ts'
import { VERDICTS, type Verdict } from '../../protocol/verdict.ts'
import { answerBundles as anyBundles, answers as anyAnswers } from '../support/arbitraries.ts'
import { check, promiseCodec } from './support/codec-promises.ts'

const promises = suite('an answer')

promiseCodec(promises, { ...answers, name: 'answer' }, anyAnswers)
promiseCodec(promises, { ...answerBundles, name: 'answer bundle' }, anyBundles)

const VERDICT_TABLE: readonly [scores: number[], answered: boolean[], verdict: Verdict][] = [
  [[], [true, true], 'no-hit'],
  [[], [true, false], 'incomplete'],
  [[], [false, false], 'incomplete'],
  [[99], [true, true], 'no-hit'],
  [[99, 98], [false, true], 'incomplete'],
  [[100], [true, true], 'hit'],
  [[100], [true, false], 'hit'],
  [[99, 101], [false, false], 'hit'],
]

for (const [scores, answered, verdict] of VERDICT_TABLE) {
  const found = `scores [${scores.join(' ')}] against 100, shards answered [${answered.join(' ')}]`
  promises(`is ${verdict} for ${found}`, () => {
    const shards = answered.map((isAnswered, shard) => outcome(shard, isAnswered))
    is(verdictOf(scores.map(candidate), 100, shards), verdict)
  })
}

promises('says no hit only when every shard has answered', () => {
  check(anyAnswers, ({ candidates, threshold, shards }) => {
    const verdict = verdictOf(candidates, threshold, shards)
    const isSilent = shards.some(({ answeredBy }) => answeredBy === undefined)
    const isHit = candidates.some(({ score }) => score >= threshold)
    is(verdict === 'hit', isHit)
    if (verdict === 'no-hit') ok(!isSilent)
    if (verdict === 'incomplete') ok(isSilent)
  })
})

promises('says the same verdicts by the same numbers for ever', () => {
  equal(VERDICTS, ['hit', 'no-hit', 'incomplete'])
})

promises('is signed under a tag that no other message has', () => {
  check(anyAnswers, (answer) => {
    const encoded = answers.encode(answer)
    const signed = answerSignedBytes(encoded)
    equal(signed.subarray(-encoded.length), encoded)
    equal(signed.subarray(0, -encoded.length), utf8('tamga/answer/v1\n'))
  })
})

promises('that names every shard with all replicas, and the most candidates, can be sent', () => {
  const longest: Answer = {
    queryId: new Uint8Array(16),
    node: 'n'.repeat(64),
    epoch: Number.MAX_SAFE_INTEGER,
    at: Number.MAX_SAFE_INTEGER,
    action: 'identify',
    threshold: 0xffff_ffff,
    verdict: 'hit',
    shards: Array.from({ length: SHARDS_MAX }, (_, shard) => {
      const asked = Array.from({ length: REPLICAS_MAX }, () => 'n'.repeat(64))
      return { shard, asked, answeredBy: asked[0] }
    }),
    candidates: Array.from({ length: CANDIDATES_MAX }, (_, place) => candidate(place)),
  }
  equal(answers.decode(answers.encode(longest)), longest)
})

promises.run()

function outcome(shard: number, isAnswered: boolean): ShardOutcome {
  return { shard, asked: ['a'], answeredBy: isAnswered ? 'a' : undefined }
}

function candidate(score: number): PartCandidate {
  const fingers = Array.from({ length: 10 }, (_, place) => {
    return { position: place + 1, score: 0xffff_ffff }
  })
  const log = 'n'.repeat(64)
  const index = Number.MAX_SAFE_INTEGER
  return { handle: new Uint8Array(16), shard: 0, score, fingers, log, index }
}
