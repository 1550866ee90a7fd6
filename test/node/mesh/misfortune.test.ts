/** What the mesh promises when peers stop, stall, are strangers or send nonsense. */
import { EventEmitter, once } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { FrameReader, newFrame } from '../../../node/mesh/frame.ts'
import type { Libp2pNode } from '../../../node/mesh/libp2p-config.ts'
import type { Libp2pMesh } from '../../../node/mesh/libp2p-mesh.ts'
import { wireProtocol } from '../../../node/mesh/link.ts'
import {
  decodeMessage,
  encodeAnswer,
  encodeCancel,
  encodeRequest,
  type Message,
} from '../../../node/mesh/wire.ts'
import { FRAME_BYTES_MAX } from '../../../protocol/limits.ts'
import { codeOf, meet, place, soon, start, startBare, until, type Place } from './support/nodes.ts'

const PAGE_BYTES = 1_048_576

const promises = suite('a mesh in misfortune')

const stops: (() => void | Promise<void>)[] = []

promises.after.each(async () => {
  for (const stop of stops.splice(0)) await stop()
})

promises('fails calls at once when the peer stops, and finds it again', async () => {
  const { aktau, balkhash, roster } = await twoNodes()
  let isAtWork = false
  balkhash.serve('never', () => {
    isAtWork = true
    return new Promise(() => undefined)
  })
  const waiting = codeOf(aktau.call('balkhash', 'never', bytes(1), soon()))
  await until(() => isAtWork)
  await balkhash.close()
  is(await waiting, 'unreachable')
  equal(aktau.connected(), [])
  is(await codeOf(aktau.call('balkhash', 'never', bytes(1), soon())), 'unreachable')

  const again = keep(await start(roster[1], roster))
  again.serve('echo', async (payload) => payload)
  await until(() => aktau.connected().length === 1)
  equal(await aktau.call('balkhash', 'echo', bytes(1, 2), soon()), bytes(1, 2))
})

promises('has announcements heard by a peer that was away', async () => {
  const { aktau, balkhash, roster } = await twoNodes()
  await balkhash.close()
  const again = keep(await start(roster[1], roster))
  const heard: string[] = []
  again.listen('growth', (_bytes, from) => heard.push(from))
  await until(() => {
    aktau.announce('growth', bytes(1))
    return heard.length > 0
  })
  is(heard[0], 'aktau')
})

promises('rejects what waits when it is closed, and what comes after', async () => {
  const { aktau, balkhash } = await twoNodes()
  balkhash.serve('never', () => new Promise(() => undefined))
  const waiting = codeOf(aktau.call('balkhash', 'never', bytes(1), soon()))
  await aktau.close()
  is(await waiting, 'closed')
  for (const peer of ['balkhash', 'aktau']) {
    is(await codeOf(aktau.call(peer, 'never', bytes(1), soon())), 'closed')
  }
  aktau.announce('growth', bytes(1))
  await aktau.close()
})

promises('is closed in the middle of many calls without Node taking it for a leak', async () => {
  const { aktau, balkhash } = await twoNodes()
  const protocols = Array.from({ length: 24 }, (_, number) => `page ${number}`)
  const page = new Uint8Array(PAGE_BYTES / 2)
  let asked = 0
  for (const protocol of protocols) {
    aktau.serve(protocol, async () => {
      asked += 1
      return page
    })
  }
  const warnings: string[] = []
  const onWarning = ({ name }: Error): void => void warnings.push(name)
  process.on('warning', onWarning)
  stops.push(() => void process.off('warning', onWarning))
  const calls = protocols.map((protocol) => codeOf(balkhash.call('aktau', protocol, page, soon())))
  await until(() => asked > protocols.length / 2)
  await aktau.close()
  await Promise.all(calls)
  equal(warnings, [])
})

promises('starts and serves alone, whoever is missing', async () => {
  const roster = [await place('aktau'), await place('balkhash')] as const
  const aktau = keep(await start(roster[0], roster))
  aktau.serve('echo', async (payload) => payload)
  aktau.announce('growth', bytes(1))
  is(await codeOf(aktau.call('balkhash', 'echo', bytes(1), soon())), 'unreachable')
  equal(await aktau.call('aktau', 'echo', bytes(1), soon()), bytes(1))
  equal(aktau.connected(), [])
})

promises('does not start where it cannot listen, or with an impossible roster', async () => {
  const [aktau, balkhash] = [await place('aktau'), await place('balkhash')]
  const roster = [aktau, balkhash]
  keep(await start(aktau, roster))
  is(await codeOf(start({ ...balkhash, address: aktau.address }, roster)), 'unreachable')
  const impossible: Place[][] = [
    [{ ...aktau, publicKey: new Uint8Array(31) }],
    [{ ...aktau, address: 'somewhere' }],
    [aktau, aktau],
    [aktau, { ...aktau, name: 'another' }],
    [{ ...aktau, name: '' }],
  ]
  for (const peers of impossible) is(await codeOf(start(balkhash, peers)), 'malformed')
  is(await codeOf(start({ ...balkhash, seed: new Uint8Array(8) }, roster)), 'malformed')
})

promises('neither answers nor hears a stranger, under whatever name', async () => {
  const { aktau, balkhash, roster } = await twoNodes()
  const elsewhere = await place('stranger')
  const heard: string[] = []
  let asked = 0
  aktau.listen('growth', (_bytes, from) => heard.push(from))
  aktau.serve('echo', async (payload) => {
    asked += 1
    return payload
  })
  for (const at of [elsewhere, { ...elsewhere, name: 'balkhash' }]) {
    const stranger = keep(await start(at, roster))
    is(await codeOf(stranger.call('aktau', 'echo', bytes(1), soon())), 'unreachable')
    equal(stranger.connected(), [])
    stranger.announce('growth', bytes(1))
    await stranger.close()
  }
  await until(() => {
    balkhash.announce('growth', bytes(2))
    return heard.length > 0
  })
  equal(new Set(heard), new Set(['balkhash']))
  is(asked, 0)
})

const nonsense: [name: string, bytes: Uint8Array][] = [
  ['a frame over the limit', newFrame(FRAME_BYTES_MAX + 1).subarray(0, 4)],
  ['a frame without a message', newFrame(0)],
  ['an answer that nobody asked it for', encodeAnswer(1, bytes(1))],
  ['two requests under one id', concat(request(1), request(1))],
]
for (const [name, sent] of nonsense) {
  promises(`hangs up on a peer that sends ${name}, and serves the others`, async () => {
    const { aktau, balkhash, connection, stream } = await withBarePeer()
    stream.send(sent)
    await until(() => stream.status !== 'open' && connection.status !== 'open')
    await until(() => !aktau.connected().includes('carrier'))
    is(await codeOf(aktau.call('carrier', 'echo', bytes(1), soon())), 'unreachable')
    equal(await balkhash.call('aktau', 'echo', bytes(1), soon()), bytes(1))
  })
}

promises('sends no answer to what was cancelled', async () => {
  const { stream, read, release, atWork } = await withBarePeer()
  stream.send(concat(request(1), request(2)))
  await until(() => atWork() === 2)
  stream.send(concat(encodeCancel(1), encodeCancel(99), request(3)))
  await until(() => atWork() === 3)
  release()
  await until(() => read.length > 1)
  equal(
    read.map(({ kind, id }) => [kind, id]),
    [
      ['answer', 2],
      ['answer', 3],
    ],
  )
})

promises('connects afresh when announcements have no way to a peer any more', async () => {
  const { aktau, bare, connection } = await withBarePeer()
  const { pubsub } = bare.services
  let heard = 0
  pubsub.subscribe('growth')
  pubsub.addEventListener('message', () => {
    heard += 1
  })
  const isHeard = (): boolean => {
    aktau.announce('growth', bytes(1))
    return heard > 0
  }
  await until(isHeard)
  for (const each of bare.getConnections(connection.remotePeer)) {
    const gossip = each.streams.filter(({ protocol }) => pubsub.protocols.includes(protocol))
    for (const stream of gossip) {
      if (stream.direction === 'inbound') stream.abort(new Error('gone'))
    }
  }
  await until(() => connection.status !== 'open')
  heard = 0
  await until(isHeard)
})

promises('keeps a bounded part of what a peer does not read, then goes on', async () => {
  const { stream, read, release, atWork } = await withBarePeer(PAGE_BYTES)
  const count = 40
  stream.pause()
  for (let id = 0; id < count; id += 1) stream.send(request(id))
  await until(() => atWork() === count)
  release()
  stream.resume()
  await until(() => read.length === count)
  const answers = read.filter(({ kind }) => kind === 'answer').length
  const refused = read.filter((it) => it.kind === 'error' && it.code === 'overloaded').length
  is(answers + refused, count)
  ok(answers >= 10)
  ok(refused >= 10)
})

promises.run()

interface TwoNodes {
  aktau: Libp2pMesh
  balkhash: Libp2pMesh
  roster: readonly [Place, Place]
}

async function twoNodes(): Promise<TwoNodes> {
  const roster = [await place('aktau'), await place('balkhash')] as const
  const aktau = keep(await start(roster[0], roster))
  const balkhash = keep(await start(roster[1], roster))
  await meet(aktau, balkhash)
  return { aktau, balkhash, roster }
}

interface WithBarePeer {
  aktau: Libp2pMesh
  balkhash: Libp2pMesh
  bare: Libp2pNode
  connection: Connection
  stream: Stream
  /** What aktau has answered on the stream. */
  read: Message[]
  /** Lets the handlers return. */
  release: () => void
  /** How many handlers have begun. */
  atWork: () => number
}

/** Nodes aktau and balkhash, and as a third one libp2p alone with a stream to aktau's protocol. */
async function withBarePeer(answerBytes = 1): Promise<WithBarePeer> {
  const roster = [await place('aktau'), await place('balkhash'), await place('carrier')] as const
  const aktau = keep(await start(roster[0], roster))
  const balkhash = keep(await start(roster[1], roster))
  const bare = await startBare(roster[2])
  stops.push(() => bare.stop())
  const gate = new EventEmitter().setMaxListeners(0)
  let isReleased = false
  let atWork = 0
  aktau.serve('echo', async (payload) => payload)
  aktau.serve('held', async () => {
    atWork += 1
    if (!isReleased) await once(gate, 'release')
    return new Uint8Array(answerBytes)
  })
  const release = (): void => {
    isReleased = true
    gate.emit('release')
  }
  const connection = await bare.dial(multiaddr(aktau.addresses()[0]))
  const stream = await connection.newStream(wireProtocol('held'))
  return {
    aktau,
    balkhash,
    bare,
    connection,
    stream,
    read: reading(stream),
    release,
    atWork: () => atWork,
  }
}

function reading(stream: Stream): Message[] {
  const reader = new FrameReader(FRAME_BYTES_MAX)
  const messages: Message[] = []
  stream.addEventListener('message', ({ data }) => {
    reader.push(data.subarray(), (body) => messages.push(decodeMessage(body)))
  })
  return messages
}

function keep(node: Libp2pMesh): Libp2pMesh {
  stops.push(() => node.close())
  return node
}

function request(id: number): Uint8Array {
  return encodeRequest(id, 30_000, bytes(1))
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values)
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
