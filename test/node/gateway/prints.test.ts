import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { fromBase64, toBase64 } from '../../../crypto/bytes.ts'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { printsOf } from '../../../matcher/extract/prints.ts'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { systemClock } from '../../../node/clock.ts'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import {
  base64Length,
  PRINT_IMAGE_BYTES_MAX,
  PRINTS_AT_ONCE_MAX,
} from '../../../node/gateway/limits.ts'
import { silentLogger, type Logger } from '../../../node/logger.ts'
import { composedSlap } from '../../matcher/support/composed-slap.ts'
import { drawnFinger } from '../../matcher/support/drawn-finger.ts'
import { PLAIN, drawn } from '../../matcher/support/drawn-print.ts'
import { isoRecord } from '../../matcher/support/image-records.ts'
import { bodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, refused, startGateway, type ErrorBody } from './support/client.ts'

interface PrintsReply {
  readonly prints: readonly {
    readonly position: number
    readonly slap?: number
    readonly quality: number
    readonly minutiae: number
    readonly feedback: readonly string[]
    readonly template: string
  }[]
}

const RIGHT = drawnFinger('right')
const LEFT = drawnFinger('left')
const DPI = 500

/** Skin around the minutiae, and none beside it. */
const TIP = { radius: 125 }

const promises = suite('prints of an image')

let mesh: TestMesh
let extractor: Extractor
let gateway: Gateway
let client: Client

promises.before(async () => {
  mesh = await startTestMesh()
  extractor = new Extractor({ workers: 1 }, { clock: systemClock })
  gateway = await startGateway(mesh.node(), silentLogger, extractor)
  client = new Client(gateway)
})

promises.after(async () => {
  await gateway.close()
  await extractor.close()
  await mesh.close()
})

promises('are what a station would have extracted itself', async () => {
  const bytes = writePgm(RIGHT)
  const { status, body, text } = await asked({ image: toBase64(bytes), dpi: DPI, position: 2 })
  is(status, 200, text)
  const { view } = printsOf(bytes, { dpi: DPI })[0]!
  const [{ template, ...print }, ...rest] = body.prints as [PrintsReply['prints'][0]]
  equal(rest, [])
  equal(print, {
    position: 2,
    quality: view.quality,
    minutiae: view.minutiae.length,
    feedback: [],
  })
  const { format, views } = readTemplate(fromBase64(template))
  equal([format, views.length], ['iso-19794-2:2005', 1])
  equal([views[0]!.position, views[0]!.minutiae], [2, view.minutiae])
})

promises('are those of each finger of a record, or of the one that is wanted', async () => {
  const images = [RIGHT, LEFT].map((image, place) => {
    return { ...image, position: [2, 7][place]!, data: writeWsq(image) }
  })
  const image = toBase64(isoRecord(images, 2))
  const positions = async (about: object): Promise<number[]> => {
    const { body } = await asked({ image, ...about })
    return body.prints.map(({ position }) => position)
  }
  equal(await positions({}), [2, 7])
  equal(await positions({ position: 7 }), [7])
})

promises('are those of the fingers of a slap, which is named', async () => {
  const slap = composedSlap({ fingers: [drawnFinger('a', TIP), drawnFinger('b', TIP)] })
  const { body } = await asked({ image: toBase64(writePgm(slap)), dpi: DPI, position: 15 })
  equal(
    body.prints.map(({ position, slap: from }) => [position, from]),
    [
      [6, 15],
      [1, 15],
    ],
  )
})

promises('come with what to tell the person', async () => {
  const nothing = toBase64(writePgm(drawn({ ...PLAIN, radius: 0 })))
  const [print] = (await asked({ image: nothing, dpi: DPI })).body.prints
  equal([print!.minutiae, print!.quality, print!.feedback], [0, 1, ['not-a-finger']])
})

promises('can be signed for and enrolled', async () => {
  const fingers: { position: number; template: Uint8Array }[] = []
  for (const [position, image] of [[2, RIGHT] as const, [7, LEFT] as const]) {
    const { body } = await asked({ image: toBase64(writePgm(image)), dpi: DPI, position })
    fingers.push({ position, template: fromBase64(body.prints[0]!.template) })
  }
  const { status, text } = await client.post('/v1/enrol', bodyOf(mesh.signedEnrolment({ fingers })))
  is(status, 201, text)
})

promises('are refused with the code of what is wrong with the image', async () => {
  const whole = writePgm(RIGHT)
  const wrong: [about: object, why: RegExp][] = [
    [{ image: toBase64(whole) }, /^resolution: /],
    [{ image: toBase64(Buffer.from('no image')), dpi: DPI }, /^magic: /],
    [{ image: toBase64(whole.subarray(0, 9_000)), dpi: DPI }, /^truncated: /],
    [{ image: toBase64(isoRecord([], 2)) }, /^[a-z-]+: /],
    [{ image: toBase64(recordOf(2)), position: 7 }, /^the image is not of finger 7/],
  ]
  for (const [about, why] of wrong) {
    const reply = await client.post<ErrorBody>('/v1/prints', about)
    refused(reply, 422, 'unprocessable')
    match(reply.body.error.message, why)
  }
})

promises('are refused where the body is not one', async () => {
  const image = toBase64(writePgm(RIGHT))
  const wrong = [{}, { image: 7 }, { image: '' }, { image: '-' }, { image, extra: 1 }]
  const numbers = [{ dpi: 299 }, { dpi: '500' }, { dpi: 1_201 }, { position: 16 }, { position: -1 }]
  for (const body of [...wrong, ...numbers.map((number) => ({ image, ...number }))]) {
    refused(await client.post('/v1/prints', body), 400, 'malformed')
  }
  const longest = { image: 'A'.repeat(base64Length(PRINT_IMAGE_BYTES_MAX)), dpi: DPI }
  refused(await client.post('/v1/prints', longest), 422, 'unprocessable')
  const longer = { ...longest, image: `${longest.image}AAAA` }
  refused(await client.post('/v1/prints', longer), 400, 'malformed')
  const tooLong = { ...longest, image: longest.image.repeat(2) }
  refused(await client.post('/v1/prints', tooLong), 413, 'too-large')
})

promises('leave no trace: no entry in the log, and only the route in the node’s own', async () => {
  const lines: [message: string, fields: object | undefined][] = []
  const write = (message: string, fields?: object): void => {
    lines.push([message, { ...fields, ms: 0 }])
  }
  const logger: Logger = { ...silentLogger, info: write, warn: write, error: write }
  const { size } = mesh.node().ledger.own
  const observed = await startGateway(mesh.node(), logger, extractor)
  await new Client(observed).post('/v1/prints', { image: toBase64(writePgm(RIGHT)), dpi: DPI })
  await observed.close()
  equal(lines, [['request', { method: 'POST', route: '/v1/prints', status: 200, ms: 0 }]])
  is(mesh.node().ledger.own.size, size)
})

promises('are not asked for by too many at once; who hangs up makes room', async () => {
  let isStuck = true
  const stuck = new Extractor({ workers: 1 }, { clock: systemClock, spawn: () => spawn(isStuck) })
  const busy = await startGateway(mesh.node(), silentLogger, stuck)
  try {
    const body = JSON.stringify({ image: toBase64(writePgm(RIGHT)), dpi: DPI })
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    const controller = new AbortController()
    const crowd = Array.from({ length: PRINTS_AT_ONCE_MAX + 1 }, () => {
      return fetch(`${busy.url}/v1/prints`, { ...init, signal: controller.signal })
    })
    const outcomes = Promise.allSettled(crowd)
    const { status, headers } = await Promise.race(crowd)
    equal([status, headers.get('retry-after')], [429, '1'])
    isStuck = false
    controller.abort()
    is((await outcomes).filter((one) => one.status === 'rejected').length, PRINTS_AT_ONCE_MAX)
    const asker = new Client(busy)
    let reply = await asker.postText('/v1/prints', body)
    while (reply.status === 429) reply = await asker.postText('/v1/prints', body)
    is(reply.status, 200, reply.text)
  } finally {
    await busy.close()
    await stuck.close()
  }
})

promises('that take too long are given up, and so is a worker that dies', async () => {
  const hasty = { timer: (_ms: number, then: () => void) => systemClock.timer(50, then) }
  const slow = new Extractor({ workers: 1 }, { clock: hasty, spawn: () => spawn(true) })
  const dying = new Extractor({ workers: 1 }, { clock: systemClock, spawn: () => spawn('dead') })
  for (const [failing, status, code] of [
    [slow, 504, 'deadline'],
    [dying, 500, 'internal'],
  ] as const) {
    const faulty = await startGateway(mesh.node(), silentLogger, failing)
    const image = toBase64(writePgm(RIGHT))
    const reply = await new Client(faulty).post('/v1/prints', { image, dpi: DPI })
    refused(reply, status, code)
    await faulty.close()
    await failing.close()
  }
})

promises.run()

function asked(about: object) {
  return client.post<PrintsReply>('/v1/prints', about)
}

function recordOf(position: number): Uint8Array {
  return isoRecord([{ ...RIGHT, position, data: writeWsq(RIGHT) }], 2)
}

/** A worker; one that never answers; one that cannot live. */
function spawn(isStuck: boolean | 'dead'): Worker {
  if (isStuck === 'dead') return new Worker('throw new Error("dead")', { eval: true })
  if (isStuck) return new Worker('for (;;) {}', { eval: true })
  return new Worker(new URL('../../../matcher/extract/extractor-worker.js', import.meta.url))
}
