/** A search among a million people of two fingers, as a node runs it. */
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { GalleryFinger } from '../../../matcher/gallery/gallery.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import type { KernelName } from '../../../matcher/kernel/kernel.ts'
import { PACKED_BYTES, pack } from '../../../matcher/packed.ts'
import { thresholdFor } from '../../../matcher/threshold.ts'
import { packedPeople } from '../../people/packed-people.ts'
import { INDEX_FINGERS } from '../../people/person.ts'
import { SyntheticPopulation } from '../../people/population.ts'

const SEED = 'bench:matcher'

/** Searches that are timed, each of somebody else. */
const SEARCHES = 9

/** One search before, in which code is compiled and memory touched. */
const WARM_UP = 1

export interface SearchTimes {
  readonly kernel: KernelName
  /** Wall time of each search, seconds, ascending. */
  readonly seconds: readonly number[]
  /** How often the one looked for was first. */
  readonly found: number
  /** Longest that this thread's event loop was held up meanwhile, ms. */
  readonly loopDelayMs: number
}

export interface Million {
  readonly people: number
  /** Resident memory that the gallery has taken. */
  readonly bytesPerPerson: number
  readonly generatedPerSecond: number
  readonly times: readonly SearchTimes[]
}

export async function searchMillion(
  people: number,
  kernels: readonly KernelName[],
): Promise<Million> {
  const threads = availableParallelism()
  const before = process.memoryUsage().rss
  const started = performance.now()
  const galleries = kernels.map((kernel) => new WorkerGallery({ workers: threads, kernel }))
  for await (const { from, to, records } of packedPeople({ seed: SEED }, { to: people, threads })) {
    for (let index = from; index < to; index += 1) {
      const person = { id: idOf(index), shard: 0, fingers: fingersIn(records, index - from) }
      for (const gallery of galleries) gallery.add(person)
    }
  }
  const seconds = (performance.now() - started) / 1000
  const bytes = process.memoryUsage().rss - before
  const times: SearchTimes[] = []
  for (const [at, kernel] of kernels.entries()) {
    times.push(await timesOf(kernel, galleries[at]!, people))
    await galleries[at]!.close()
  }
  const bytesPerPerson = bytes / people / galleries.length
  return { people, bytesPerPerson, generatedPerSecond: people / seconds, times }
}

async function timesOf(
  kernel: KernelName,
  gallery: WorkerGallery,
  people: number,
): Promise<SearchTimes> {
  const population = new SyntheticPopulation({ seed: SEED })
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const seconds: number[] = []
  let found = 0
  for (let search = -WARM_UP; search < SEARCHES; search += 1) {
    const wanted = Math.floor(((search + WARM_UP) * people) / (SEARCHES + WARM_UP))
    const fingers = probeOf(population, wanted)
    if (search === 0) delay.enable()
    const from = performance.now()
    const request = { fingers, shards: [0], threshold: thresholdFor(fingers.length), limit: 10 }
    const { candidates, shards } = await gallery.search(request)
    if (search < 0) continue
    seconds.push((performance.now() - from) / 1000)
    if (shards[0]!.searched !== people) throw new Error('not everybody was compared')
    if (candidates[0]?.id === idOf(wanted)) found += 1
  }
  delay.disable()
  seconds.sort((one, two) => one - two)
  return { kernel, seconds, found, loopDelayMs: delay.max / 1e6 }
}

function probeOf(population: SyntheticPopulation, index: number): GalleryFinger[] {
  return population.probe(index).map((view, at) => {
    return { position: INDEX_FINGERS[at]!, packed: pack(view) }
  })
}

function fingersIn(records: Uint8Array, person: number): GalleryFinger[] {
  return INDEX_FINGERS.map((position, at) => {
    const row = person * INDEX_FINGERS.length + at
    return { position, packed: records.subarray(row * PACKED_BYTES, (row + 1) * PACKED_BYTES) }
  })
}

/** As long as a person's handle in hexadecimal. */
function idOf(index: number): string {
  return index.toString(16).padStart(32, '0')
}
