import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import {
  GalleryError,
  type Priority,
  type SearchRequest,
  type SearchResult,
} from '../../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../../matcher/gallery/memory-gallery.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import type { KernelName } from '../../../matcher/kernel/kernel.ts'
import { availableKernels, chooseKernel } from '../../../matcher/kernel/kernels.ts'
import { PEOPLE, everybody, fingersOf, idOf } from '../support/people.ts'

const SHARDS = [0, 1, 2]

/** People enough that a search takes a while: the same fingers under other names. */
const COPIES = 40

/** A thread that takes slabs and dies of the first search. */
const DIES_IN_SEARCHES = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ kind }) => {
    if (kind === 'scan') throw new Error('not this one')
  })
`

const promises = suite('a gallery of workers')

promises('answers as the gallery in memory does, to the last score', async () => {
  const workers = new WorkerGallery({ workers: 2 })
  const memory = new MemoryGallery()
  for (const person of everybody(SHARDS.length)) {
    workers.add(person)
    memory.add(person)
  }
  for (let person = 0; person < PEOPLE; person += 3) {
    for (const changes of [
      { threshold: 0, limit: 30, withDigests: true },
      { threshold: 0, limit: 3, isSwapTried: true, withDigests: true },
      { shards: [1], among: [idOf(4), idOf(1), idOf(2)], withDigests: true },
      {},
    ]) {
      equal(
        await workers.search(request(person, changes)),
        await memory.search(request(person, changes)),
      )
    }
    const only = request(person, { only: idOf(person + 1) })
    equal(await workers.search(only), await memory.search(only))
  }
  await workers.close()
})

promises('answers searches asked at once each with its own result', async () => {
  const gallery = crowded()
  const results = await Promise.all([0, 1, 2, 3].map((person) => gallery.search(request(person))))
  for (const [person, { candidates }] of results.entries()) {
    ok(candidates[0]!.id.startsWith(idOf(person)), 'the best is the person asked for')
  }
  await gallery.close()
})

promises('shows a search the people who were there when it was asked', async () => {
  const gallery = crowded()
  const before = gallery.count()
  const running = gallery.search(request(0))
  const waiting = gallery.search(request(0))
  for (const person of everybody(SHARDS.length)) {
    gallery.remove(`${person.id}-0`)
    gallery.add({ ...person, id: `${person.id}-new` })
  }
  const after = gallery.search(request(0, { limit: 1000 }))
  for (const result of await Promise.all([running, waiting])) {
    is(sum(result.shards.map(({ searched }) => searched)), before)
    ok(result.candidates.every(({ id }) => !id.endsWith('-new')))
    ok(result.candidates.some(({ id }) => id === `${idOf(0)}-0`))
  }
  const { candidates } = await after
  ok(candidates.some(({ id }) => id === `${idOf(0)}-new`))
  ok(candidates.every(({ id }) => id !== `${idOf(0)}-0`))
  await gallery.close()
})

promises('compares with one person as they were when it was asked', async () => {
  const gallery = crowded()
  for (let copy = 1; copy < COPIES - 1; copy += 1) {
    for (const { id } of everybody(SHARDS.length)) gallery.remove(`${id}-${copy}`)
  }
  const asked = Array.from({ length: PEOPLE }, (_, person) => {
    return request(person, { only: `${idOf(person)}-0` })
  })
  const quiet = await Promise.all(asked.map((one) => gallery.search(one)))
  const running = gallery.search(request(0))
  const waiting = asked.map((one) => gallery.search(one))
  ok(gallery.compact(2 * PEOPLE) > 0, 'somebody was moved')
  gallery.remove(`${idOf(1)}-0`)
  gallery.add({ id: `${idOf(2)}-0`, shard: 2, fingers: fingersOf(3, 1) })
  equal(await Promise.all(waiting), quiet)
  await running
  is((await gallery.search(asked[1]!)).candidates.length, 0)
  await gallery.close()
})

promises('answers the border first, and what it interrupted in full', async () => {
  const gallery = crowded()
  const order: string[] = []
  const asked = async (name: string, priority: Priority): Promise<SearchResult> => {
    const result = await gallery.search(request(0, { priority, withDigests: true }))
    order.push(name)
    return result
  }
  const quiet = await gallery.search(request(0, { withDigests: true }))
  const results = await Promise.all([
    asked('bulk', 'bulk'),
    asked('enrolment', 'enrolment'),
    asked('border', 'border'),
    asked('bulk again', 'bulk'),
  ])
  is(order[0], 'border')
  is(order.at(-1), 'bulk again')
  for (const result of results) equal(result, quiet)
  await gallery.close()
})

for (const kernel of availableKernels()) {
  promises(`answers alike by the kernel ${kernel.name}`, async () => {
    const gallery = crowded({ kernel: kernel.name })
    const memory = new MemoryGallery({}, { kernel: chooseKernel('typescript') })
    for (const person of everybody(SHARDS.length)) memory.add(person)
    const few = await memory.search(request(1, { limit: 1 }))
    const many = await gallery.search(request(1, { limit: 1 }))
    is(many.candidates[0]!.score, few.candidates[0]!.score)
    is(many.candidates[0]!.id, `${few.candidates[0]!.id}-0`)
    await gallery.close()
  })
}

promises('lets go of slabs while it is searched', async () => {
  const gallery = crowded()
  for (let copy = 1; copy < COPIES; copy += 1) {
    for (const { id } of everybody(SHARDS.length)) gallery.remove(`${id}-${copy}`)
  }
  const searches = [0, 1, 2].map((person) => gallery.search(request(person, { limit: 3 })))
  let moved = 0
  for (let round = 0; round < 20; round += 1) moved += gallery.compact(8)
  const found = await Promise.all(searches)
  for (let round = 0; round < 20; round += 1) moved += gallery.compact(8)
  for (const [person, before] of found.entries()) {
    equal(await gallery.search(request(person, { limit: 3 })), before)
  }
  is(gallery.count(), PEOPLE)
  await gallery.close()
})

promises('lets a bounded number wait', async () => {
  const gallery = crowded({ waitingMax: 2 })
  const searches = [0, 1, 2, 3].map((person) => outcome(gallery.search(request(person))))
  equal(await Promise.all(searches), ['found', 'found', 'found', 'busy'])
  is(await outcome(gallery.search(request(0))), 'found', 'there is room again')
  await gallery.close()
})

promises('ends a search that is no longer wanted, running or waiting', async () => {
  const gallery = crowded()
  const controllers = [new AbortController(), new AbortController()]
  const searches = controllers.map(({ signal }) => outcome(gallery.search(request(0, { signal }))))
  for (const controller of controllers) controller.abort()
  equal(await Promise.all(searches), ['aborted', 'aborted'])
  is(await outcome(gallery.search(request(0))), 'found')
  await gallery.close()
})

promises('survives the death of a worker: that search fails, the next is answered', async () => {
  const spawned: Worker[] = []
  const gallery = crowded({}, () => {
    const worker = startWorker()
    spawned.push(worker)
    return worker
  })
  const lost = outcome(gallery.search(request(0)))
  const next = outcome(gallery.search(request(1)))
  await spawned[0]!.terminate()
  is(await lost, 'crashed')
  is(await next, 'found')
  is(spawned.length, 3, 'one was replaced')
  const { shards } = await gallery.search(request(0))
  is(sum(shards.map(({ searched }) => searched)), gallery.count())
  await gallery.close()
})

promises('gives up on workers that die again and again', async () => {
  let spawned = 0
  const gallery = new WorkerGallery(
    { workers: 1 },
    {
      spawn: () => {
        spawned += 1
        return new Worker('throw new Error("no such thread")', { eval: true })
      },
    },
  )
  for (const person of everybody(1)) gallery.add(person)
  const outcomes: string[] = []
  for (let attempt = 0; attempt < 12; attempt += 1) {
    outcomes.push(await outcome(gallery.search(request(0))))
  }
  ok(outcomes.every((one) => one === 'crashed'))
  ok(spawned < 12, `${spawned} were started`)
  await gallery.close()
})

promises(
  'gives up on a worker that dies in every search, and goes on with the others',
  async () => {
    let spawned = 0
    const gallery = crowded({}, () => {
      spawned += 1
      return spawned === 1 ? startWorker() : new Worker(DIES_IN_SEARCHES, { eval: true })
    })
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 20; attempt += 1) {
      outcomes.push(await outcome(gallery.search(request(0))))
    }
    ok(spawned < 12, `${spawned} were started`)
    is(outcomes[0], 'crashed')
    is(outcomes.at(-1), 'found')
    await gallery.close()
  },
)

promises('says that it has crashed when every worker dies in every search', async () => {
  let spawned = 0
  const gallery = crowded({}, () => {
    spawned += 1
    return new Worker(DIES_IN_SEARCHES, { eval: true })
  })
  for (let attempt = 0; attempt < 12; attempt += 1) {
    is(await outcome(gallery.search(request(0))), 'crashed')
  }
  ok(spawned < 12, `${spawned} were started`)
  await gallery.close()
})

promises('closes: what waits fails, what runs ends, nothing more is taken', async () => {
  const gallery = crowded()
  const searches = [0, 1].map((person) => outcome(gallery.search(request(person))))
  await gallery.close()
  equal(await Promise.all(searches), ['closed', 'closed'])
  is(await outcome(gallery.search(request(0))), 'closed')
})

promises('needs at least one worker', () => {
  throws(() => new WorkerGallery({ workers: 0 }), /1 to 256 workers/)
})

promises.run()

function crowded(
  options: { waitingMax?: number; kernel?: KernelName } = {},
  spawn: () => Worker = startWorker,
): WorkerGallery {
  const gallery = new WorkerGallery({ workers: 2, ...options }, { spawn })
  for (let copy = 0; copy < COPIES; copy += 1) {
    for (const person of everybody(SHARDS.length)) {
      gallery.add({ ...person, id: `${person.id}-${copy}` })
    }
  }
  return gallery
}

function startWorker(): Worker {
  return new Worker(new URL('../../../matcher/gallery/gallery-worker.js', import.meta.url))
}

function request(person: number, changes: Partial<SearchRequest> = {}): SearchRequest {
  return { fingers: fingersOf(person, 2), shards: SHARDS, threshold: 1, limit: 50, ...changes }
}

async function outcome(search: Promise<unknown>): Promise<string> {
  try {
    await search
    return 'found'
  } catch (error) {
    if (error instanceof GalleryError) return error.code
    throw error
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
