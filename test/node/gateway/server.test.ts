import { connect } from 'node:net'
import { suite } from 'uvu'
import { equal, is, match, not, ok } from 'uvu/assert'
import { systemClock } from '../../../node/clock.ts'
import { Gateway } from '../../../node/gateway/gateway.ts'
import type { Rooms } from '../../../node/gateway/rooms.ts'
import { silentLogger, type Logger } from '../../../node/logger.ts'
import { TamgaError, type ErrorCode } from '../../../protocol/errors.ts'
import { bodyOf, deedBodyOf, startTestMesh, until, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import {
  Client,
  idleExtractor,
  refused,
  startGateway,
  type AnswerBody,
  type ErrorBody,
} from './support/client.ts'

interface Line {
  readonly message: string
  readonly fields: object | undefined
}

const servers = suite('a gateway as a server')

let mesh: TestMesh
let gateway: Gateway
let client: Client

const fingers = testPerson('anybody').capture()

servers.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
})

servers.after(async () => {
  await gateway.close()
  await mesh.close()
})

servers('hangs up with a word on bytes that are not HTTP', async () => {
  for (const bytes of [
    '\0\0\0\0\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'a'.repeat(20_000)}`,
  ]) {
    const { socket, ended } = connected(gateway)
    socket.write(bytes)
    match(await ended, /^HTTP\/1\.1 400 [^]*\{"error":\{"code":"malformed"/)
  }
})

servers('tells its log why the node failed, and the client nothing', async () => {
  const lines: Line[] = []
  const failing = faked('acts', {
    record: async () => {
      throw new Error('inner workings')
    },
  })
  const faulty = await startGateway(failing, recorder(lines))
  try {
    const reply = await new Client(faulty).post<ErrorBody>('/v1/persons/status', statusBody())
    refused(reply, 500, 'internal')
    not.match(reply.text, /inner workings/)
    const [failure] = lines
    is(failure?.message, 'a request failed')
    match(JSON.stringify(failure?.fields), /inner workings/)
  } finally {
    await faulty.close()
  }
})

servers('asks for another try, where that can help', async () => {
  const cases: [ErrorCode, number, string | null][] = [
    ['overloaded', 429, '1'],
    ['incomplete', 503, '1'],
    ['closed', 503, '1'],
    ['conflict', 409, null],
    ['deadline', 504, null],
    ['storage', 500, null],
  ]
  for (const [code, status, retryAfter] of cases) {
    const enrol = async () => {
      throw new TamgaError(code, 'for a reason')
    }
    const busy = await startGateway(faked('enrolment', { enrol }))
    try {
      const body = bodyOf(mesh.signedEnrolment({ fingers }))
      const reply = await new Client(busy).post<ErrorBody>('/v1/enrol', body)
      refused(reply, status, code)
      is(reply.headers.get('retry-after'), retryAfter)
    } finally {
      await busy.close()
    }
  }
})

servers('writes one line for each request, with nothing of what was in it', async () => {
  const lines: Line[] = []
  const logging = await startGateway(mesh.node(), recorder(lines))
  const observed = new Client(logging)
  const body = bodyOf(mesh.signedEnrolment({ fingers: [] }))
  const handle = 'ab'.repeat(16)
  const { name } = mesh.node()
  await observed.post('/v1/enrol', body)
  await observed.get(`/v1/proof/${name}/999`)
  await observed.get(`/nowhere/${handle}`)
  await logging.close()
  equal(
    lines.map(({ message }) => message),
    ['request', 'request', 'request'],
  )
  equal(
    lines.map(({ fields }) => ({ ...fields, ms: 0 })),
    [
      { method: 'POST', route: '/v1/enrol', status: 422, ms: 0 },
      { method: 'GET', route: '/v1/proof/:log/:index', status: 404, ms: 0 },
      { method: 'GET', route: 'none', status: 404, ms: 0 },
    ],
  )
})

servers('sends headers that keep answers out of caches and browsers', async () => {
  for (const path of ['/v1/status', '/v1/roster', '/nowhere', '/v1/proof/%zz/1']) {
    const { headers } = await client.get(path)
    is(headers.get('x-content-type-options'), 'nosniff', path)
    is(headers.get('cache-control'), 'no-store', path)
    is(headers.get('access-control-allow-origin'), null, path)
  }
})

servers('finishes what it is at when it closes, and takes nothing more', async () => {
  const closing = await startGateway(mesh.node())
  const asker = new Client(closing)
  const query = bodyOf(mesh.signedQuery({ fingers: testPerson('last').capture() }))
  const { own } = mesh.node().ledger
  const before = own.size
  const asked = asker.post<AnswerBody>('/v1/identify', query)
  await until(() => own.size > before)
  await Promise.all([closing.close(), closing.close()])
  is((await asked).status, 200)
  is(await asker.get('/health').catch(() => 'hung up'), 'hung up')
  is((await client.get('/health')).status, 200)
})

servers('turns away what reaches it while it closes, and says so', async () => {
  const closing = await startGateway(mesh.node())
  const { socket, ended } = connected(closing)
  socket.write('GET /v1/status HTTP/1.1\r\nhost: here\r\n')
  // Answered on another connection after it: so the first one's bytes have arrived.
  await new Client(closing).get('/health')
  const closed = closing.close()
  socket.write('\r\n')
  match(await ended, /^HTTP\/1\.1 503 [^]*retry-after: 1[^]*\{"error":\{"code":"closed"/)
  await closed
})

servers('cannot be started on a port that is taken', async () => {
  const port = Number(new URL(gateway.url).port)
  not.equal(port, 0)
  const shared = { clock: systemClock, logger: silentLogger }
  const modules = { node: mesh.node(0), extractor: idleExtractor(), ...shared }
  const failure: unknown = await Gateway.start({ host: '127.0.0.1', port }, modules).catch(
    (error: unknown) => error,
  )
  ok(failure instanceof TamgaError)
  is(failure.code, 'unreachable')
})

servers.run()

/** How somebody stands: a question that is answered wherever it works. */
function statusBody() {
  const about = { handle: new Uint8Array(16) }
  return deedBodyOf(mesh.signedDeed({ type: 'status' }, [mesh.officers.registrar], about))
}

/** The node with one room in which something else happens. */
function faked(room: 'acts' | 'enrolment', methods: object): Rooms {
  const node = mesh.node()
  const fake = Object.assign(Object.create(node[room]) as object, methods)
  return Object.assign(Object.create(node) as Rooms, { [room]: fake })
}

function recorder(lines: Line[]): Logger {
  const write = (message: string, fields?: object): void => {
    lines.push({ message, fields })
  }
  return { ...silentLogger, info: write, warn: write, error: write }
}

/** A connection, and everything that comes back on it until it ends. */
function connected({ url }: Gateway) {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  const ended = new Promise<string>((resolve, reject) => {
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(received))
  })
  return { socket, ended }
}
