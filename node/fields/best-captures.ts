/** Of several captures of a finger the best: what an officer signs for. */
import type { CapturedFinger } from '../../protocol/payload.ts'
import { ATTEMPTS_MAX } from '../../protocol/rules/application.ts'

export interface Capture extends CapturedFinger {
  /** 0 to 100. */
  readonly quality: number
}

/** A finger of which the best capture is kept. */
export interface BestCapture extends CapturedFinger {
  /** Of each capture, in their order. */
  readonly qualities: readonly number[]
}

/**
 * Unknown fingers are each a finger of its own.
 *
 * @param refusal what is thrown when a finger was captured more often than the rules have it
 */
export function bestCaptures(
  captures: readonly Capture[],
  refusal: (message: string) => Error,
): BestCapture[] {
  const fingers = new Map<number | Capture, Capture[]>()
  for (const capture of captures) {
    const key = capture.position === 0 ? capture : capture.position
    fingers.set(key, [...(fingers.get(key) ?? []), capture])
  }
  return [...fingers.values()].map((attempts) => {
    const qualities = attempts.map(({ quality }) => quality)
    if (qualities.length > ATTEMPTS_MAX) throw refusal(`${qualities.length} captures of a finger`)
    const best = attempts[qualities.indexOf(Math.max(...qualities))]!
    return { position: best.position, template: best.template, qualities }
  })
}
