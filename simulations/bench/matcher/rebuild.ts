/** How fast a gallery is filled again from templates, by worker threads. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { MemoryGallery } from '../../../matcher/gallery/memory-gallery.ts'
import { PACKED_BYTES } from '../../../matcher/packed.ts'
import type { RebuildWork } from './rebuild-worker.ts'

/** Templates that a thread is handed at a time. */
const BATCH = 256

export interface Rebuilt {
  readonly fingers: number
  readonly perSecond: number
}

/** The templates, ISO/IEC 19794-2, over and over until so many fingers are in a gallery. */
export async function rebuild(templates: readonly Uint8Array[], fingers: number): Promise<Rebuilt> {
  const workers = Array.from({ length: availableParallelism() }, () => startWorker())
  await Promise.all(
    workers.map((worker) => packedBy(worker, { templates: templates.slice(0, 64) })),
  )
  const gallery = new MemoryGallery({ fingersMax: fingers })
  let next = 0
  const started = performance.now()
  await Promise.all(
    workers.map(async (worker) => {
      while (next < fingers) {
        const from = next
        next = Math.min(fingers, from + BATCH)
        const some = Array.from({ length: next - from }, (_, at) => {
          return templates[(from + at) % templates.length]!
        })
        const records = await packedBy(worker, { templates: some })
        for (let at = 0; at < some.length; at += 1) {
          const packed = records.subarray(at * PACKED_BYTES, (at + 1) * PACKED_BYTES)
          gallery.add({ id: `${from + at}`, shard: 0, fingers: [{ position: 2, packed }] })
        }
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  await Promise.all(workers.map(async (worker) => worker.terminate()))
  if (gallery.count() !== fingers) throw new Error(`${gallery.count()} of ${fingers} are there`)
  return { fingers, perSecond: fingers / seconds }
}

function startWorker(): Worker {
  return new Worker(new URL('./rebuild-worker.js', import.meta.url))
}

async function packedBy(worker: Worker, work: RebuildWork): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (records: Uint8Array) => {
      worker.off('error', reject)
      resolve(records)
    })
    worker.postMessage(work, [])
  })
}
