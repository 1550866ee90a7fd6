/** Processor time of the extraction, stage by stage, on the thread that asks. */
import { extract } from '../../../matcher/extract/extract.ts'
import { SCRIPT_LOOPS, chooseLoops, type Loops } from '../../../matcher/extract/loops.ts'
import { ridgePattern } from '../../../matcher/extract/ridge-pattern.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { median } from '../median.ts'
import type { SampleImage } from './sample-images.ts'

/** Milliseconds of processor time for each image: the mean of a round, the median of rounds. */
export interface StageTimes {
  /** From the file to grey levels at 500 dpi. */
  readonly reading: number
  /** From there to minutiae. */
  readonly extraction: number
  readonly stages: ReadonlyMap<string, number>
  readonly minutiae: number
}

/** One round more than is counted comes first, so that everything is compiled. */
export function measureStages(images: readonly SampleImage[], rounds: number): StageTimes {
  timedRound(images)
  const measured = Array.from({ length: rounds }, () => timedRound(images))
  const stages = [...measured[0]!.stages.keys()].map((stage) => {
    return [stage, median(measured.map((round) => round.stages.get(stage)!))] as const
  })
  return {
    reading: median(measured.map(({ reading }) => reading)),
    extraction: median(measured.map(({ extraction }) => extraction)),
    stages: new Map(stages),
    minutiae: measured[0]!.minutiae,
  }
}

/** Of the ridge pattern alone: by the loops that an extraction uses, and by their definition. */
export function measurePattern(
  images: readonly SampleImage[],
  rounds: number,
): { used: number; typescript: number } {
  const timed = (loops: Loops): number => {
    const measured = Array.from({ length: rounds + 1 }, () => {
      const start = cpuMs()
      for (const { image } of images) ridgePattern(image, () => undefined, loops)
      return (cpuMs() - start) / images.length
    })
    return median(measured.slice(1))
  }
  return { used: timed(chooseLoops()), typescript: timed(SCRIPT_LOOPS) }
}

function timedRound(images: readonly SampleImage[]): StageTimes {
  const stages = new Map<string, number>()
  let reading = 0
  let extraction = 0
  let minutiae = 0
  for (const { bytes } of images) {
    const start = cpuMs()
    const image = at500Dpi(readImage(bytes))
    const read = cpuMs()
    let before = read
    const { view } = extract(image, (stage) => {
      const now = cpuMs()
      stages.set(stage, (stages.get(stage) ?? 0) + now - before)
      before = now
    })
    reading += read - start
    extraction += cpuMs() - read
    minutiae += view.minutiae.length
  }
  const each = (sum: number): number => sum / images.length
  return {
    reading: each(reading),
    extraction: each(extraction),
    stages: new Map([...stages].map(([stage, sum]) => [stage, each(sum)])),
    minutiae: each(minutiae),
  }
}

/** Of all threads of the process: what is collected and compiled beside counts too. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
