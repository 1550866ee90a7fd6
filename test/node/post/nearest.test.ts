import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { HEDGES_AT_ONCE, HEDGES_SHARE } from '../../../node/limits.ts'
import { FAILOVER_MS_MAX } from '../../../node/post/limits.ts'
import type { Link } from '../../../node/post/link.ts'
import { believed, Nearest } from '../../../node/post/nearest.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { codeOf } from './support/refusals.ts'

const TIMEOUT_MS = 5_000
const ANSWERED_MS_MAX = 500

const promises = suite('the nearest node')

promises('is asked, and nobody else while it answers', async () => {
  const { ask, asked } = nodes({ almaty: after(30), astana: after(10) })
  equal(await ask(), { node: 'almaty', value: 'almaty', tookMs: 30 })
  equal(asked, ['almaty'])
})

promises('is whoever has answered clearly sooner', async () => {
  const { ask, asked, clock, all } = nodes({ almaty: after(80), astana: after(10) })
  await clock.finish(all(), { eventsMax: 100 })
  is((await ask()).node, 'astana')
  equal(asked.slice(2), ['astana'])
})

promises('that is dead costs nothing: the next is asked at once', async () => {
  const { ask } = nodes({ almaty: refuses('unreachable'), astana: after(20) })
  equal(await ask(), { node: 'astana', value: 'astana', tookMs: 20 })
})

promises('that is silent is followed within half a second, also if nobody knows it', async () => {
  const { ask, asked } = nodes({ almaty: silent, astana: after(100), shymkent: after(100) })
  const { node, tookMs } = await ask()
  is(node, 'astana')
  is(tookMs, FAILOVER_MS_MAX + 100)
  ok(tookMs < ANSWERED_MS_MAX)
  equal(asked, ['almaty', 'astana'])
})

promises('that was silent comes last', async () => {
  const { ask, asked } = nodes({ almaty: silent, astana: after(20) })
  await ask()
  asked.length = 0
  const { node, tookMs } = await ask()
  equal([node, tookMs, asked], ['astana', 20, ['astana']])
})

promises('that has too much to do, or says what does not hold, is passed over', async () => {
  for (const fault of [refuses('overloaded'), refuses('internal'), lies]) {
    const { ask } = nodes({ almaty: fault, astana: after(20) })
    is((await ask()).node, 'astana')
  }
})

promises('that refuses by a rule speaks for all', async () => {
  const { ask, asked } = nodes({ almaty: refuses('forbidden'), astana: after(20) })
  is(await codeOf(ask()), 'forbidden')
  equal(asked, ['almaty'])
})

promises('is asked alone, but for a few, when all are slow', async () => {
  const { ask, asked } = nodes({ almaty: after(1_000), astana: after(1_000) })
  const count = 400
  for (let turn = 0; turn < count; turn += 1) await ask()
  const hedges = asked.length - count
  ok(hedges > 0 && hedges <= HEDGES_AT_ONCE + HEDGES_SHARE * asked.length, `${hedges} hedges`)
})

promises('that is silent is followed in the end, without a budget too', async () => {
  const behaviours = { almaty: after(1_000), astana: after(1_000) }
  const { ask } = nodes(behaviours)
  for (let turn = 0; turn < 400; turn += 1) await ask()
  behaviours.almaty = silent
  behaviours.astana = after(20)
  const { node, tookMs } = await ask()
  is(node, 'astana')
  ok(tookMs <= TIMEOUT_MS / 2 + 20, `after ${tookMs} ms`)
})

promises('is nobody where none answers in time, and whoever was asked is told', async () => {
  const { ask, stopped, clock } = nodes({ almaty: silent, astana: silent })
  const started = clock.now()
  is(await codeOf(ask()), 'unreachable')
  is(clock.now() - started, TIMEOUT_MS)
  equal(stopped, ['almaty', 'astana'])
  is(await codeOf(nodes({}).ask()), 'unreachable')
})

promises.run()

/** What a node does with a question. */
type Behaviour = (node: string, clock: VirtualClock) => Promise<string>

function after(ms: number): Behaviour {
  return async (node, clock) => {
    await clock.sleep(ms)
    return node
  }
}

function refuses(code: 'unreachable' | 'overloaded' | 'internal' | 'forbidden'): Behaviour {
  return async () => {
    throw new TamgaError(code, 'as the test has it')
  }
}

async function silent(): Promise<string> {
  return new Promise(() => undefined)
}

async function lies(): Promise<string> {
  return believed(() => {
    throw new TamgaError('bad-signature', 'not its own')
  })
}

function nodes(behaviours: Readonly<Record<string, Behaviour>>) {
  const clock = new VirtualClock({ seed: 'nearest' })
  const asked: string[] = []
  const stopped: string[] = []
  const links = new Map(Object.keys(behaviours).map((name) => [name, {} as Link]))
  const nearest = new Nearest({ links }, { clock })
  const question = async (_: Link, node: string, signal: AbortSignal): Promise<string> => {
    asked.push(node)
    signal.addEventListener('abort', () => stopped.push(node))
    return behaviours[node]!(node, clock)
  }
  const ask = async () => {
    const started = clock.now()
    const answer = nearest.ask('inspection', TIMEOUT_MS, question)
    await clock.finish(
      answer.catch(() => undefined),
      { eventsMax: 1_000 },
    )
    return { ...(await answer), tookMs: clock.now() - started }
  }
  return { ask, asked, stopped, clock, all: async () => nearest.askAll(TIMEOUT_MS, question) }
}
