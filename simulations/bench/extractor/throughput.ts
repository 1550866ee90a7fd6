/** Images a second through the worker threads that a node and the command line use. */
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { systemClock } from '../../../node/clock.ts'
import { median } from '../median.ts'
import type { SampleImage } from './sample-images.ts'

/** Images under way for each worker: it never waits for the next. */
const AHEAD = 4

/** From the files' bytes, the median of rounds. One round comes first and is not counted. */
export async function measureThroughput(
  images: readonly SampleImage[],
  { workers, rounds }: { workers: number; rounds: number },
): Promise<number> {
  const extractor = new Extractor({ workers }, { clock: systemClock })
  try {
    await extractAll(images, extractor, workers)
    const perSecond: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now()
      await extractAll(images, extractor, workers)
      perSecond.push((1_000 * images.length) / (performance.now() - started))
    }
    return median(perSecond)
  } finally {
    await extractor.close()
  }
}

async function extractAll(
  images: readonly SampleImage[],
  extractor: Extractor,
  workers: number,
): Promise<void> {
  const left = images.values()
  const lanes = Array.from({ length: workers * AHEAD }, async () => {
    for (const { bytes } of left) await extractor.prints({ bytes })
  })
  await Promise.all(lanes)
}
