import { once } from 'node:events'
import { suite } from 'uvu'
import { equal, instance, is, match, ok } from 'uvu/assert'
import { systemClock } from '../../../node/clock.ts'
import type { Libp2pMesh } from '../../../node/mesh/libp2p-mesh.ts'
import { CALLS_MAX, HANDLERS_MAX } from '../../../node/mesh/limits.ts'
import { PAYLOAD_BYTES_MAX } from '../../../node/mesh/wire.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { codeOf, meet, place, soon, start, until } from './support/nodes.ts'

const promises = suite('a mesh of three nodes')

let meshes: Libp2pMesh[]
let almaty: Libp2pMesh
let atyrau: Libp2pMesh
let shymkent: Libp2pMesh
let release: () => void
const held = new Promise<void>((resolve) => {
  release = resolve
})
let heldCount = 0
/** Handlers that wait until their callers have given up, and those of them that were told. */
let begun = 0
let givenUp = 0

promises.before(async () => {
  const roster = [await place('almaty'), await place('atyrau'), await place('shymkent')] as const
  almaty = await start(roster[0], roster)
  atyrau = await start(roster[1], roster)
  shymkent = await start(roster[2], roster)
  meshes = [almaty, atyrau, shymkent]
  await meet(...meshes)
  for (const mesh of meshes) {
    mesh.serve('echo', async (request) => request)
    mesh.serve('who', async (_request, { from }) => text(from))
    mesh.serve('time-left', async (_request, call) => text(String(call.deadline - Date.now())))
    mesh.serve('refuse', async () => {
      throw new TamgaError('conflict', 'it is on record already')
    })
    mesh.serve('break', async () => {
      throw new Error('secret of the house')
    })
    mesh.serve('boast', async () => new Uint8Array(PAYLOAD_BYTES_MAX + 1))
    mesh.serve('never', () => new Promise(() => undefined))
    mesh.serve('given-up', async (_request, { signal }) => {
      begun += 1
      await once(signal, 'abort')
      givenUp += 1
      return text('')
    })
    for (const protocol of ['hold', 'hold-too']) mesh.serve(protocol, hold)
  }
})

promises.after(async () => {
  await Promise.all(meshes.map((mesh) => mesh.close()))
})

promises('knows its peers in the order of the roster, and who is there', () => {
  equal(almaty.peers(), ['atyrau', 'shymkent'])
  equal(shymkent.peers(), ['almaty', 'atyrau'])
  equal(shymkent.connected(), ['almaty', 'atyrau'])
})

promises('answers, and tells the handler who asks', async () => {
  is(string(await almaty.call('atyrau', 'who', text(''), soon())), 'almaty')
  is(string(await shymkent.call('atyrau', 'who', text(''), soon())), 'shymkent')
})

promises('keeps two hundred calls at once apart', async () => {
  const requests = Array.from({ length: 200 }, (_, index) => text(`request ${index}`))
  const calls = requests.map((request) => almaty.call('atyrau', 'echo', request, soon()))
  equal((await Promise.all(calls)).map(string), requests.map(string))
})

promises('carries the longest payload, several at once, and nothing longer', async () => {
  const payload = new Uint8Array(PAYLOAD_BYTES_MAX).map((_, index) => index * 31)
  const calls = [1, 2, 3, 4].map(() => almaty.call('atyrau', 'echo', payload, soon()))
  for (const answer of await Promise.all(calls)) ok(Buffer.from(payload).equals(answer))
  const longer = new Uint8Array(PAYLOAD_BYTES_MAX + 1)
  is(await codeOf(almaty.call('atyrau', 'echo', longer, soon())), 'too-large')
  is(await codeOf(almaty.call('atyrau', 'boast', text(''), soon())), 'too-large')
})

promises('carries what a handler refuses with', async () => {
  const error = await failure(almaty.call('atyrau', 'refuse', text(''), soon()))
  is(error.code, 'conflict')
  is(error.message, 'it is on record already')
})

promises('tells nothing of what broke inside a handler', async () => {
  for (const peer of ['atyrau', 'almaty']) {
    const error = await failure(almaty.call(peer, 'break', text(''), soon()))
    is(error.code, 'internal')
    is(error.message.includes('secret'), false)
  }
})

promises('stops waiting at the deadline, and goes on with other calls', async () => {
  for (const peer of ['atyrau', 'almaty']) {
    const call = almaty.call(peer, 'never', text(''), { deadline: systemClock.now() + 50 })
    is(await codeOf(call), 'deadline')
    const past = almaty.call(peer, 'echo', text(''), { deadline: systemClock.now() - 1 })
    is(await codeOf(past), 'deadline')
    is(string(await almaty.call(peer, 'echo', text('on'), soon())), 'on')
  }
})

promises('gives the handler a deadline of its own', async () => {
  const deadline = systemClock.now() + 20_000
  const left = Number(string(await almaty.call('atyrau', 'time-left', text(''), { deadline })))
  ok(left > 0 && left <= 20_001)
})

promises('gives a call up when told to', async () => {
  for (const peer of ['atyrau', 'almaty']) {
    const controller = new AbortController()
    const call = almaty.call(peer, 'never', text(''), { ...soon(), signal: controller.signal })
    controller.abort()
    is(await codeOf(call), 'deadline')
    const options = { ...soon(), signal: controller.signal }
    is(await codeOf(almaty.call(peer, 'echo', text(''), options)), 'deadline')
  }
})

promises('tells the handler when its answer is not wanted any more', async () => {
  for (const peer of ['atyrau', 'almaty']) {
    const controller = new AbortController()
    const before = givenUp
    const call = almaty.call(peer, 'given-up', text(''), { ...soon(), signal: controller.signal })
    await until(() => begun === before + 1)
    controller.abort()
    is(await codeOf(call), 'deadline')
    await until(() => givenUp === before + 1)
  }
})

promises('answers its own calls as it does those of others', async () => {
  const order: string[] = []
  almaty.serve('order', async () => {
    order.push('handler')
    return text('')
  })
  const ordered = almaty.call('almaty', 'order', text(''), soon())
  order.push('caller')
  await ordered
  equal(order, ['caller', 'handler'])
  const request = text('mine')
  const answer = await almaty.call('almaty', 'echo', request, soon())
  is(string(answer), 'mine')
  answer.fill(0)
  is(string(request), 'mine')
  is(string(await almaty.call('almaty', 'who', text(''), soon())), 'almaty')
})

promises('cannot reach who is not in the roster, nor what is not served', async () => {
  is(await codeOf(almaty.call('nobody', 'echo', text(''), soon())), 'unreachable')
  for (const peer of ['atyrau', 'almaty']) {
    is(await codeOf(almaty.call(peer, 'unserved', text(''), soon())), 'unreachable')
  }
})

promises('serves a protocol once', () => {
  try {
    almaty.serve('echo', async (request) => request)
    throw new Error('served twice')
  } catch (error) {
    instance(error, TamgaError)
    match(String(error), 'echo is served already')
  }
})

promises('tells all the others, but not itself', async () => {
  const heard = meshes.map(() => new Set<string>())
  for (const [index, mesh] of meshes.entries()) {
    mesh.listen('growth', (bytes, from) => {
      is(bytes.constructor, Uint8Array)
      heard[index]?.add(`${from}: ${string(bytes)}`)
    })
    mesh.listen('growth', () => {
      throw new Error('a listener that breaks its promise')
    })
  }
  await until(() => {
    atyrau.announce('growth', text('42'))
    return heard[0]?.size === 1 && heard[2]?.size === 1
  })
  equal(
    heard.map((set) => Array.from(set)),
    [['atyrau: 42'], [], ['atyrau: 42']],
  )
})

promises('says what nobody hears, or what is too long, without complaint', () => {
  almaty.announce('unheard', text('hello'))
  almaty.announce('growth', new Uint8Array(10_000_000))
})

promises('bounds the calls that wait, and the handlers at work for one peer', async () => {
  const first = Array.from({ length: CALLS_MAX + 1 }, () =>
    almaty.call('shymkent', 'hold', text(''), soon()),
  )
  is(await codeOf(first[CALLS_MAX] ?? Promise.resolve()), 'overloaded')
  await until(() => heldCount === HANDLERS_MAX)
  is(await codeOf(almaty.call('shymkent', 'hold-too', text(''), soon())), 'overloaded')
  is(string(await atyrau.call('shymkent', 'echo', text('not me'), soon())), 'not me')
  release()
  is((await Promise.allSettled(first)).filter(({ status }) => status === 'rejected').length, 1)
  is(string(await almaty.call('shymkent', 'echo', text('again'), soon())), 'again')
})

promises.run()

async function hold(): Promise<Uint8Array> {
  heldCount += 1
  await held
  return new Uint8Array(0)
}

async function failure(promise: Promise<unknown>): Promise<TamgaError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof TamgaError) return error
  throw new Error(`no TamgaError but ${String(error)}`)
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function string(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
