import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  HEDGE_MS_MAX,
  HEDGE_MS_MIN,
  SILENT_RETRY_MS,
  SLOWER_RETRY_MS,
} from '../../../node/limits.ts'
import { AnswerTimes } from '../../../node/search/answer-times.ts'

const REPLICAS = ['almaty', 'astana', 'shymkent']

const promises = suite('answer times')

promises('leave replicas as they stand while nothing is known, or nothing tells them apart', () => {
  const { times, answered } = newTimes()
  equal(times.inOrder(REPLICAS), REPLICAS)
  for (let round = 0; round < 20; round += 1) {
    REPLICAS.forEach((node, place) => answered(node, 100 - 5 * place))
  }
  equal(times.inOrder(REPLICAS), REPLICAS)
})

promises('put first who answers clearly sooner', () => {
  const { times, answered } = newTimes()
  for (let round = 0; round < 20; round += 1) {
    REPLICAS.forEach((node) => answered(node, node === 'shymkent' ? 30 : 100))
  }
  equal(times.inOrder(REPLICAS), ['shymkent', 'almaty', 'astana'])
})

promises('put last who is silent, until it has answered', () => {
  const { times, answered } = newTimes()
  answered('almaty', 30)
  times.asked('almaty').failed()
  equal(times.inOrder(REPLICAS), ['astana', 'shymkent', 'almaty'])
  answered('almaty', 30)
  for (const node of REPLICAS.slice(1)) answered(node, 30)
  equal(times.inOrder(REPLICAS), REPLICAS)
})

promises('count for how long an answer is out already', () => {
  const { times, answered, pass } = newTimes()
  for (let round = 0; round < 20; round += 1) for (const node of REPLICAS) answered(node, 30)
  const call = times.asked('almaty')
  pass(300)
  is(times.inOrder(REPLICAS)[0], 'astana')
  call.answered()
  ok(times.hasAnsweredSince('almaty', call.at))
})

promises('call late what nineteen of twenty are not, within reason', () => {
  const { times, answered } = newTimes()
  is(times.patienceMs('almaty'), HEDGE_MS_MAX)
  for (let ms = 101; ms <= 164; ms += 1) answered('almaty', ms)
  is(times.patienceMs('almaty'), 161)
  for (let round = 0; round < 64; round += 1) answered('almaty', 0)
  is(times.patienceMs('almaty'), HEDGE_MS_MIN)
  for (let round = 0; round < 64; round += 1) answered('almaty', 60_000)
  is(times.patienceMs('almaty'), HEDGE_MS_MAX)
})

promises('do not shrink because late answers are not waited for', () => {
  const { times, answered, pass } = newTimes()
  const before = (): number => times.patienceMs('almaty')
  for (let ms = 101; ms <= 164; ms += 1) answered('almaty', ms)
  const first = before()
  for (let round = 0; round < 640; round += 1) {
    const ms = 101 + (round % 64)
    const call = times.asked('almaty')
    pass(Math.min(ms, before()))
    if (ms > before()) call.givenUp()
    else call.answered()
  }
  ok(before() >= first, `${before()} ms after ${first} ms`)
})

promises('are asked anew of whoever was silent, and seldom of who is only slower', () => {
  const { times, answered, pass } = newTimes()
  for (const node of REPLICAS) answered(node, 30)
  times.asked('almaty').failed()
  is(times.takeRetry('almaty'), true)
  is(times.takeRetry('almaty'), false)
  is(times.takeRetry('astana'), false)
  pass(SILENT_RETRY_MS)
  is(times.takeRetry('almaty'), true)
  is(times.takeRetry('astana'), false)
  pass(SLOWER_RETRY_MS)
  is(times.takeRetry('astana'), true)
  is(times.takeRetry('astana'), false)
})

promises('let one that was silent show that it is as soon as it was', () => {
  const { times, answered, pass } = newTimes()
  for (let round = 0; round < 20; round += 1) for (const node of REPLICAS) answered(node, 30)
  const call = times.asked('almaty')
  pass(5_000)
  call.givenUp()
  answered('astana', 30)
  is(times.inOrder(REPLICAS)[2], 'almaty')
  is(times.takeRetry('almaty'), true)
  answered('almaty', 4_000)
  let retries = 0
  for (let second = 0; second < 10; second += 1) {
    pass(SILENT_RETRY_MS)
    if (times.inOrder(REPLICAS)[0] === 'almaty' || !times.takeRetry('almaty')) continue
    retries += 1
    answered('almaty', 30)
  }
  is(times.inOrder(REPLICAS)[0], 'almaty')
  ok(retries <= 8, `after ${retries}`)
})

promises.run()

function newTimes() {
  let now = 1_767_225_600_000
  const clock = { now: () => now, sleep: async () => undefined, timer: () => () => undefined }
  const times = new AnswerTimes({ clock })
  const pass = (ms: number): void => {
    now += ms
  }
  const answered = (node: string, ms: number): void => {
    const call = times.asked(node)
    pass(ms)
    call.answered()
  }
  return { times, pass, answered }
}
