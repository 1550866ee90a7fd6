import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import { Extractor, type PrintsRequest } from '../../../matcher/extract/extractor.ts'
import { ExtractorError } from '../../../matcher/extract/extractor-error.ts'
import { printsOf } from '../../../matcher/extract/prints.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { systemClock } from '../../../node/clock.ts'
import { outsideData, vector } from '../../support/data.ts'
import { PLAIN, drawn } from '../support/drawn-print.ts'
import { nistTransaction } from '../support/image-records.ts'

const PRINTS = [11, 40, 90, 200].map((turn) =>
  drawn({ ...PLAIN, turn, planted: [{ x: 20, y: turn % 30, isAlong: true }] }),
)
const FILES = PRINTS.map((print) => writePgm(print))
const DPI = 500

const promises = suite('an extractor')

promises('gives what is extracted on this thread, from any format', async () => {
  const extractor = started()
  const [pgm] = FILES
  const { pixels, width, height } = PRINTS[0]!
  const requests: PrintsRequest[] = [
    { bytes: pgm!, dpi: DPI },
    { bytes: pgm!, dpi: 1_000 },
    { bytes: pixels, dpi: DPI, raw: { width, height } },
    { bytes: writeWsq(PRINTS[1]!), dpi: DPI },
    ...['grey.png', 'grey.jpeg', 'grey.jp2', 'grey-lzw.tiff'].map((name) => {
      return { bytes: readFileSync(vector('images', name)), dpi: DPI }
    }),
  ]
  for (const { bytes, ...options } of requests) {
    equal(await extractor.prints({ bytes, ...options }), printsOf(bytes, options))
  }
  const [first] = await extractor.prints(requests[0]!)
  is(first!.view.minutiae.length, 1)
  await extractor.close()
})

promises('finds in a real print what is found on this thread', async () => {
  const file = outsideData('fingerprints', 'fvc2002/DB1_B', '101_1.png')
  if (file === undefined) return
  const extractor = started()
  const bytes = readFileSync(file)
  equal(await extractor.prints({ bytes, dpi: DPI }), printsOf(bytes, { dpi: DPI }))
  await extractor.close()
})

promises('says which finger each print of a record is of', async () => {
  const extractor = started()
  const [four, fourteen] = [PRINTS[0]!, PRINTS[1]!].map((print, place) => {
    const { width, height } = print
    return { position: [7, 13][place]!, width, height, data: writeWsq(print) }
  })
  const prints = await extractor.prints({ bytes: nistTransaction(four!, fourteen!) })
  equal(
    prints.map(({ position, view }) => [position, view.position]),
    [
      [7, 7],
      [13, 0],
    ],
  )
  await extractor.close()
})

promises('answers requests made at once each with its own prints', async () => {
  const extractor = started()
  const answers = await Promise.all(FILES.map((bytes) => extractor.prints({ bytes, dpi: DPI })))
  equal(
    answers,
    FILES.map((bytes) => printsOf(bytes, { dpi: DPI })),
  )
  await extractor.close()
})

promises('says what is wrong with an image, and goes on with the same threads', async () => {
  let threads = 0
  const extractor = started({ workers: 1 }, () => {
    threads += 1
    return startWorker()
  })
  const wrong: [bytes: Uint8Array, code: string][] = [
    [new Uint8Array(), 'magic'],
    [Uint8Array.of(1, 2, 3), 'magic'],
    [FILES[0]!.subarray(0, 5_000), 'truncated'],
    [new Uint8Array(33_554_433), 'too-long'],
  ]
  for (const [bytes, code] of wrong) {
    is(await outcome(extractor.prints({ bytes, dpi: DPI })), `invalid: ${code}`)
  }
  is(await outcome(extractor.prints({ bytes: FILES[0]! })), 'invalid: resolution')
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: 72 })), 'invalid: resolution')
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI })), 'found')
  is(threads, 1)
  await extractor.close()
})

promises('takes a copy: the bytes stay the caller’s', async () => {
  const extractor = started()
  const bytes = FILES[0]!.slice()
  const running = extractor.prints({ bytes, dpi: DPI })
  bytes.fill(0)
  equal(await running, printsOf(FILES[0]!, { dpi: DPI }))
  await extractor.close()
})

promises('lets a bounded number wait', async () => {
  const extractor = started({ workers: 1, waitingMax: 2 })
  const all = FILES.map((bytes) => outcome(extractor.prints({ bytes, dpi: DPI })))
  equal(await Promise.all(all), ['found', 'found', 'found', 'busy'])
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI })), 'found')
  await extractor.close()
})

promises('lets a bounded number of bytes wait', async () => {
  const extractor = started({ workers: 1, waitingMax: 100 })
  const controller = new AbortController()
  const { signal } = controller
  const large = new Uint8Array(33_554_432)
  const all = Array.from({ length: 10 }, () => outcome(extractor.prints({ bytes: large, signal })))
  is(await all[9], 'busy')
  controller.abort()
  equal((await Promise.all(all)).filter((one) => one === 'busy').length, 1)
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI })), 'found', 'there is room')
  await extractor.close()
})

promises('ends what is no longer wanted, running or waiting, and nothing else', async () => {
  const extractor = started({ workers: 1 })
  const controllers = FILES.map(() => new AbortController())
  const all = FILES.map((bytes, place) => {
    return outcome(extractor.prints({ bytes, dpi: DPI, signal: controllers[place]!.signal }))
  })
  for (const place of [0, 2]) controllers[place]!.abort()
  equal(await Promise.all(all), ['aborted', 'found', 'aborted', 'found'])
  const { signal } = controllers[0]!
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI, signal })), 'aborted')
  await extractor.close()
})

promises('ends what takes too long, running or waiting, and nothing else', async () => {
  let spawned = 0
  const extractor = started({ workers: 1 }, () => {
    spawned += 1
    return spawned === 1 ? startSleeper() : startWorker()
  })
  const all = [{ timeoutMs: 50 }, { timeoutMs: 50 }, {}].map((limit) => {
    return outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI, ...limit }))
  })
  equal(await Promise.all(all), ['deadline', 'deadline', 'found'])
  await extractor.close()
})

promises('survives the death of a worker: that request fails, the next is answered', async () => {
  const spawned: Worker[] = []
  const extractor = started({ workers: 1 }, () => {
    const worker = startWorker()
    spawned.push(worker)
    return worker
  })
  const lost = outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI }))
  const next = outcome(extractor.prints({ bytes: FILES[1]!, dpi: DPI }))
  await spawned[0]!.terminate()
  is(await lost, 'crashed')
  is(await next, 'found')
  await spawned[1]!.terminate()
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI })), 'found', 'idle when it died')
  is(spawned.length, 3)
  await extractor.close()
})

promises('starts no worker without work: one that cannot live costs one request', async () => {
  let spawned = 0
  const extractor = started({ workers: 2 }, () => {
    spawned += 1
    return new Worker('throw new Error("no such thread")', { eval: true })
  })
  is(spawned, 0)
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const error = await failure(extractor.prints({ bytes: FILES[0]!, dpi: DPI }))
    ok(error instanceof ExtractorError && error.code === 'crashed')
    ok(error.cause instanceof Error && error.cause.message === 'no such thread')
    is(spawned, attempt)
  }
  await extractor.close()
})

promises('closes: what runs or waits fails, nothing more is taken', async () => {
  const extractor = started({ workers: 1 })
  const all = FILES.map((bytes) => outcome(extractor.prints({ bytes, dpi: DPI })))
  await extractor.close()
  equal(await Promise.all(all), ['closed', 'closed', 'closed', 'closed'])
  is(await outcome(extractor.prints({ bytes: FILES[0]!, dpi: DPI })), 'closed')
})

promises('needs at least one worker', () => {
  throws(() => started({ workers: 0 }), /1 to 256 workers/)
})

promises.run()

function started(
  options: { workers: number; waitingMax?: number } = { workers: 2 },
  spawn?: () => Worker,
): Extractor {
  return new Extractor(options, { clock: systemClock, ...(spawn && { spawn }) })
}

function startWorker(): Worker {
  return new Worker(new URL('../../../matcher/extract/extractor-worker.js', import.meta.url))
}

/** Never answers. */
function startSleeper(): Worker {
  return new Worker('for (;;) {}', { eval: true })
}

async function outcome(request: Promise<unknown>): Promise<string> {
  const error = await failure(request)
  if (error instanceof ExtractorError) return error.code
  if (error instanceof InvalidImage) return `invalid: ${error.code}`
  return 'found'
}

async function failure(request: Promise<unknown>): Promise<Error | undefined> {
  try {
    await request
    return undefined
  } catch (error) {
    if (error instanceof ExtractorError || error instanceof InvalidImage) return error
    throw error
  }
}
