import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'

import { TamgaError } from '../../../protocol/errors.ts'
import { FRAME_BYTES_MAX } from '../../../protocol/limits.ts'
import { NO_FAULTS, type NetworkFaults } from '../../../simulations/world/faults.ts'
import { SimulatedNetwork } from '../../../simulations/world/network.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'

import type { SimulatedMesh } from '../../../simulations/world/simulated-mesh.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const ECHO = '/echo/1'
const HELLO = new Uint8Array([1, 2, 3])
const WAIT_MS = 1_000

const network = suite('a simulated network')

network('carries a request there and the answer back, as copies', async () => {
  const { almaty, astana, ask } = meshes()
  let seen: Uint8Array | undefined
  astana.serve(ECHO, async (request, { from }) => {
    is(from, 'almaty')
    seen = request
    return request
  })
  const answer = await ask(almaty, 'astana')
  equal(answer, HELLO)
  answer[0] = 99
  if (seen) is(seen[0], 1)
  seen?.fill(7)
  equal(HELLO, new Uint8Array([1, 2, 3]))
})

network('carries what a handler throws as code and message only', async () => {
  const { almaty, astana, ask } = meshes()
  astana.serve(ECHO, async () => {
    throw new TamgaError('conflict', 'two roots', { cause: new Error('a secret') })
  })
  const error = await failure(ask(almaty, 'astana'))
  is(error.code, 'conflict')
  is(error.message, 'two roots')
  is(error.cause, undefined)
  astana.serve('/broken/1', async () => {
    throw new RangeError('oops')
  })
  const internal = await failure(ask(almaty, 'astana', '/broken/1'))
  is(internal.code, 'internal')
  is(internal.message.includes('oops'), false)
})

network('lets a node call itself, whatever the network does', async () => {
  const { net, almaty, ask, clock } = meshes({ lossProbability: 1 })
  net.partition([['almaty']])
  is((await failure(ask(almaty, 'almaty'))).code, 'unreachable')
  almaty.serve(ECHO, async (request, { from }) => {
    is(from, 'almaty')
    return request
  })
  equal(await ask(almaty, 'almaty'), HELLO)
  almaty.serve('/never/1', () => new Promise(() => {}))
  const started = clock.now()
  is((await failure(ask(almaty, 'almaty', '/never/1'))).code, 'deadline')
  is(clock.now(), started + WAIT_MS)
})

network('tells a handler how long the caller waits', async () => {
  const { almaty, astana, ask, clock } = meshes()
  const started = clock.now()
  let deadline = 0
  astana.serve(ECHO, async (request, call) => {
    deadline = call.deadline
    return request
  })
  await ask(almaty, 'astana')
  const most = started + WAIT_MS + NO_FAULTS.network.delayMs.max
  is(deadline >= started + WAIT_MS && deadline <= most, true)
})

network('lets a call wait until its deadline and no longer when messages are lost', async () => {
  const { almaty, astana, ask, clock } = meshes({ lossProbability: 1 })
  astana.serve(ECHO, async (request) => request)
  const started = clock.now()
  is((await failure(ask(almaty, 'astana'))).code, 'deadline')
  is(clock.now(), started + WAIT_MS)
})

network('loses about as many messages as it is told to', async () => {
  const { almaty, astana, ask } = meshes({ lossProbability: 0.3 })
  astana.serve(ECHO, async (request) => request)
  let answered = 0
  for (let count = 0; count < 300; count += 1) {
    answered += await ask(almaty, 'astana').then(
      () => 1,
      () => 0,
    )
  }
  is(Math.abs(answered / 300 - 0.49) < 0.1, true, `${answered} of 300 calls were answered`)
})

network('refuses what cannot be sent', async () => {
  const { almaty, ask, clock } = meshes()
  is((await failure(ask(almaty, 'atlantis'))).code, 'unreachable')
  is((await failure(ask(almaty, 'astana', '/unserved/1'))).code, 'unreachable')
  const tooLong = new Uint8Array(FRAME_BYTES_MAX + 1)
  const deadline = clock.now() + WAIT_MS
  is((await failure(almaty.call('astana', ECHO, tooLong, { deadline }))).code, 'too-large')
  const past = { deadline: clock.now() }
  is((await failure(almaty.call('astana', ECHO, HELLO, past))).code, 'deadline')
})

network('stops everything between two groups until it heals', async () => {
  const { net, almaty, astana, shymkent, ask } = meshes({ refusalProbability: 0 })
  for (const mesh of [almaty, astana, shymkent]) mesh.serve(ECHO, async (request) => request)
  net.partition([['almaty']])
  is((await failure(ask(almaty, 'astana'))).code, 'deadline')
  is((await failure(ask(shymkent, 'almaty'))).code, 'deadline')
  equal(await ask(shymkent, 'astana'), HELLO)
  equal(almaty.connected(), [])
  equal(almaty.peers(), ['astana', 'shymkent'])
  equal(astana.connected(), ['shymkent'])
  net.heal()
  equal(await ask(almaty, 'astana'), HELLO)
})

network('stops one direction only when told so: the work is done, the answer lost', async () => {
  const { net, almaty, astana, ask } = meshes({ refusalProbability: 0 })
  let handled = 0
  const count = async (request: Uint8Array) => {
    handled += 1
    return request
  }
  almaty.serve(ECHO, count)
  astana.serve(ECHO, count)
  net.cut('astana', 'almaty')
  is((await failure(ask(almaty, 'astana'))).code, 'deadline')
  is(handled, 1)
  is((await failure(ask(astana, 'almaty'))).code, 'deadline')
  is(handled, 1)
})

network('forgets a crashed node: no handler, no answer, no settled call', async () => {
  const { net, almaty, astana, ask, clock } = meshes()
  let settled = false
  astana.serve(ECHO, async (request) => {
    await clock.sleep(100)
    return request
  })
  almaty.serve(ECHO, async (request) => request)
  const note = () => {
    settled = true
  }
  astana.call('almaty', ECHO, HELLO, { deadline: clock.now() + WAIT_MS }).then(note, note)
  const asked = failure(ask(almaty, 'astana'))
  net.crash('astana')
  is((await asked).code, 'unreachable')
  await clock.run({ forMs: 10 * WAIT_MS, eventsMax: 1_000 })
  is(settled, false)
  is((await failure(ask(almaty, 'astana'))).code, 'unreachable')

  const reborn = net.restart('astana')
  is((await failure(ask(almaty, 'astana'))).message.includes('not served'), true)
  reborn.serve(ECHO, async (request) => request)
  equal(await ask(almaty, 'astana'), HELLO)
})

network('lets a crash go unnoticed until the deadline when told so', async () => {
  const { net, almaty, ask } = meshes({ refusalProbability: 0 })
  net.crash('astana')
  is((await failure(ask(almaty, 'astana'))).code, 'deadline')
})

network('silences one protocol of one node while it goes on working', async () => {
  const { net, almaty, astana, ask } = meshes()
  let handled = 0
  astana.serve(ECHO, async (request) => {
    handled += 1
    return request
  })
  astana.serve('/other/1', async (request) => request)
  const speakAgain = net.silence('astana', ECHO)
  is((await failure(ask(almaty, 'astana'))).code, 'deadline')
  is(handled, 1)
  equal(await ask(almaty, 'astana', '/other/1'), HELLO)
  speakAgain()
  equal(await ask(almaty, 'astana'), HELLO)
})

network('announces to all others, repeatedly and out of order if told so', async () => {
  const { almaty, astana, shymkent, clock } = meshes({ duplicationProbability: 0.5 })
  const heard: number[] = []
  const own: number[] = []
  almaty.listen('heads', ([value = 0]) => own.push(value))
  astana.listen('heads', ([value = 0], from) => {
    is(from, 'almaty')
    heard.push(value)
  })
  shymkent.listen('tails', () => heard.push(-1))
  for (let value = 0; value < 100; value += 1) almaty.announce('heads', new Uint8Array([value]))
  await clock.run({ eventsMax: 1_000 })
  equal(own, [])
  is(new Set(heard).size, 100)
  is(heard.length > 120 && heard.length < 180, true, `${heard.length} heard`)
  is(
    heard.some((value, index) => value < (heard[index - 1] ?? 0)),
    true,
    'some overtook others',
  )
})

network('ends the calls of a mesh that is closed', async () => {
  const { almaty, astana, ask, clock } = meshes()
  astana.serve(ECHO, async (request) => request)
  const pending = failure(ask(almaty, 'astana'))
  await almaty.close()
  is((await pending).code, 'closed')
  is((await failure(almaty.call('astana', ECHO, HELLO, { deadline: Infinity }))).code, 'closed')
  await clock.run({ eventsMax: 100 })
})

network('tells a handler that its caller has given up, or is gone', async () => {
  const { net, almaty, astana, clock } = meshes()
  const given: AbortSignal[] = []
  astana.serve(ECHO, async (_request, { signal }) => {
    given.push(signal)
    return new Promise(() => undefined)
  })
  almaty.serve(ECHO, async (_request, { signal }) => {
    given.push(signal)
    return new Promise(() => undefined)
  })
  const isOver = () => given.map(({ aborted }) => aborted)
  for (const peer of ['astana', 'almaty']) {
    const controller = new AbortController()
    const options = { deadline: clock.now() + WAIT_MS, signal: controller.signal }
    const call = failure(almaty.call(peer, ECHO, HELLO, options))
    await clock.run({ forMs: WAIT_MS / 10, eventsMax: 100 })
    is(isOver().at(-1), false)
    controller.abort()
    is((await call).code, 'deadline')
    await clock.run({ forMs: WAIT_MS / 10, eventsMax: 100 })
    is(isOver().at(-1), true)
  }
  void almaty.call('astana', ECHO, HELLO, { deadline: clock.now() + WAIT_MS })
  await clock.run({ forMs: WAIT_MS / 10, eventsMax: 100 })
  net.crash('almaty')
  await clock.run({ forMs: WAIT_MS / 10, eventsMax: 100 })
  equal(isOver(), [true, true, true])
})

network.run()

function meshes(faults: Partial<NetworkFaults> = {}) {
  const clock = new VirtualClock({ seed: 5 })
  const net = new SimulatedNetwork(
    { names: NAMES, faults: { ...NO_FAULTS.network, ...faults } },
    { clock, random: new SeededRandom(5) },
  )
  return {
    clock,
    net,
    almaty: net.join('almaty'),
    astana: net.join('astana'),
    shymkent: net.join('shymkent'),
    ask: (mesh: SimulatedMesh, peer: string, protocol = ECHO) => {
      const deadline = clock.now() + WAIT_MS
      return clock.finish(mesh.call(peer, protocol, HELLO, { deadline }), { eventsMax: 1_000 })
    },
  }
}

async function failure(work: Promise<unknown>): Promise<TamgaError> {
  const thrown = await work.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  )
  if (thrown instanceof TamgaError) return thrown
  throw thrown
}
