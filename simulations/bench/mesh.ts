/**
 * How many round trips a second two nodes make: `npm run bench:mesh -- [--quick]`.
 *
 * Two processes on loopback, one connection, 1 KiB there and back, with 1, 16 and 64 requests under
 * way. The baseline is what Node's own TLS 1.2 does in the same run, with the same framing, on one
 * connection that both ends authenticate by a shared key.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { systemClock } from '../../node/clock.ts'
import { silentLogger } from '../../node/logger.ts'
import { FrameReader } from '../../node/mesh/frame.ts'
import { Libp2pMesh } from '../../node/mesh/libp2p-mesh.ts'
import { identityFromSeed } from '../../node/mesh/peer-book.ts'
import { decodeMessage, encodeAnswer, encodeRequest } from '../../node/mesh/wire.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'
import { report, table, type Measurement } from './report.ts'

const LOADS = [1, 16, 64] as const
const PAYLOAD_BYTES = 1_024
const CALL_MS_MAX = 10_000
const WARM_UP_MS = 1_000
const SAMPLE_MS = { quick: 2_000, full: 8_000 } as const

/** Both processes know all of this, so that only the ports need to be told. */
const SEEDS = { asking: new Uint8Array(32).fill(1), answering: new Uint8Array(32).fill(2) } as const
const TLS_KEY = Buffer.alloc(32, 3)
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

type Call = (payload: Uint8Array) => Promise<Uint8Array>

interface Sample {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the asking process, µs a request. */
  readonly cpuUs: number
}

interface Ports {
  readonly mesh: string
  readonly tls: number
}

if (process.send) await answer()
else await ask(process.argv.slice(2))

async function ask(argv: readonly string[]): Promise<void> {
  const sampleMs = argv.includes('--quick') ? SAMPLE_MS.quick : SAMPLE_MS.full
  const other = fork(fileURLToPath(import.meta.url))
  try {
    const [told]: unknown[] = await once(other, 'message')
    const ports = portsOf(told)
    const mesh = await startMesh('asking', 'answering', ports.mesh)
    const socket = await tlsSocket(ports.tls)
    const calls = { mesh: meshCall(mesh), tls: tlsCall(socket) }
    const rows: [load: number, mesh: Sample, tls: Sample][] = []
    for (const load of LOADS) {
      rows.push([
        load,
        await sample(calls.mesh, load, sampleMs),
        await sample(calls.tls, load, sampleMs),
      ])
    }
    print(rows)
    report(
      'mesh: round trips of 1 KiB between two processes; baseline TLS with the same frames',
      rows.map(([load, { perSecond }, tls]) => measurement(load, perSecond, tls.perSecond)),
      argv,
    )
    socket.destroy()
    await mesh.close()
  } finally {
    other.kill()
  }
}

async function answer(): Promise<void> {
  const mesh = await startMesh('answering', 'asking', ANY_PORT)
  mesh.serve('echo', async (payload) => payload)
  const server = createServer({ ...tlsOptions(), pskCallback: () => TLS_KEY }, (socket) => {
    onFrames(socket, (body) => {
      const message = decodeMessage(body)
      if (message.kind === 'request') socket.write(encodeAnswer(message.id, message.payload))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const [listening] = mesh.addresses()
  process.send?.({
    mesh: listening?.replace(/\/p2p\/.*/, ''),
    tls: address && typeof address === 'object' ? address.port : undefined,
  })
}

function portsOf(told: unknown): Ports {
  if (told && typeof told === 'object' && 'mesh' in told && 'tls' in told) {
    const { mesh, tls } = told
    if (typeof mesh === 'string' && typeof tls === 'number') return { mesh, tls }
  }
  throw new Error('the other process did not say where it listens')
}

async function startMesh(
  self: keyof typeof SEEDS,
  peer: keyof typeof SEEDS,
  address: string,
): Promise<Libp2pMesh> {
  const { publicKey } = await identityFromSeed(SEEDS[peer])
  const peers = [{ name: peer, publicKey: publicKey.raw, address }]
  const options = { self, seed: SEEDS[self], listen: ANY_PORT, peers }
  return Libp2pMesh.start(options, { clock: systemClock, logger: silentLogger })
}

function meshCall(mesh: Libp2pMesh): Call {
  return (payload) =>
    mesh.call('answering', 'echo', payload, { deadline: systemClock.now() + CALL_MS_MAX })
}

async function tlsSocket(port: number): Promise<TLSSocket> {
  const socket = connect({
    ...tlsOptions(),
    host: '127.0.0.1',
    port,
    pskCallback: () => ({ psk: TLS_KEY, identity: 'bench' }),
  })
  await once(socket, 'secureConnect')
  return socket
}

function tlsOptions() {
  return {
    ciphers: 'PSK-AES128-GCM-SHA256',
    maxVersion: 'TLSv1.2',
    pskIdentityHint: 'bench',
    checkServerIdentity: () => undefined,
  } as const
}

function tlsCall(socket: TLSSocket): Call {
  const waiting = new Map<number, (answer: Uint8Array) => void>()
  let next = 0
  onFrames(socket, (body) => {
    const message = decodeMessage(body)
    if (message.kind === 'answer') waiting.get(message.id)?.(message.payload)
    waiting.delete(message.id)
  })
  return (payload) =>
    new Promise((resolve) => {
      const id = next
      next += 1
      waiting.set(id, resolve)
      socket.write(encodeRequest(id, CALL_MS_MAX, payload))
    })
}

function onFrames(socket: Socket, onFrame: (body: Uint8Array) => void): void {
  const reader = new FrameReader(FRAME_BYTES_MAX)
  socket.setNoDelay(true)
  socket.on('data', (chunk) => reader.push(chunk, onFrame))
}

/** Keeps `load` requests under way: a while to warm up, then for `ms`. */
async function sample(call: Call, load: number, ms: number): Promise<Sample> {
  await keepBusy(call, load, WARM_UP_MS)
  const before = process.cpuUsage()
  const started = performance.now()
  const times = await keepBusy(call, load, ms)
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(before)
  const sorted = times.sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return {
    perSecond: times.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuUs: (user + system) / times.length,
  }
}

/** Resolves with the time that each call took, ms. */
async function keepBusy(call: Call, load: number, ms: number): Promise<number[]> {
  const payload = new Uint8Array(PAYLOAD_BYTES)
  const times: number[] = []
  const end = performance.now() + ms
  const loop = async (): Promise<void> => {
    for (let begun = performance.now(); begun < end;) {
      await call(payload)
      const now = performance.now()
      times.push(now - begun)
      begun = now
    }
  }
  await Promise.all(Array.from({ length: load }, loop))
  return times
}

function print(rows: readonly [load: number, mesh: Sample, tls: Sample][]): void {
  const cells = (load: number, name: string, { perSecond, p50Ms, p99Ms, cpuUs }: Sample) => [
    `${name}, ${load} under way`,
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    cpuUs.toFixed(0),
  ]
  const body = rows.flatMap(([load, mesh, tls]) => [
    cells(load, 'mesh', mesh),
    cells(load, 'TLS', tls),
  ])
  console.log(table([['', 'a second', 'p50 ms', 'p99 ms', 'CPU µs'], ...body]))
}

function measurement(load: number, value: number, baseline: number): Measurement {
  const name = `round_trips_${load}_under_way`
  return { name, value, unit: '1/s', baseline, ratio: value / baseline }
}
