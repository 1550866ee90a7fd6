/** Questions as posts ask them: so many at a time, and again where there was no room. */
import { systemClock } from '../../../node/clock.ts'
import { RETRY_AFTER_S } from '../../../node/gateway/limits.ts'
import type { Node } from '../../../node/node.ts'
import type { Found, Question } from '../../../node/search/search.ts'
import { asTamgaError } from '../../../protocol/errors.ts'

/** So many questions, so many at a time, and how long each took. */
export async function askAll(
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
  ask: (place: number) => Promise<unknown>,
): Promise<{ readonly ms: number[]; readonly perSecond: number }> {
  const ms: number[] = []
  let next = 0
  const started = performance.now()
  const asker = async (): Promise<void> => {
    while (next < count) {
      const place = next
      next += 1
      const before = performance.now()
      await ask(place)
      ms.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, asker))
  return { ms, perSecond: (1_000 * count) / (performance.now() - started) }
}

/**
 * Asks again where it is refused for want of room, as soon as a node tells a post to; the time is
 * that of the asking that was answered.
 */
export async function askUntilAnswered(
  { search }: Node,
  question: Question,
): Promise<{ readonly found: Found; readonly ms: number; readonly refusals: number }> {
  for (let refusals = 0; ; refusals += 1) {
    const started = performance.now()
    try {
      const found = await search.ask(question)
      return { found, ms: performance.now() - started, refusals }
    } catch (error) {
      if (asTamgaError(error).code !== 'overloaded') throw error
      await systemClock.sleep(1_000 * RETRY_AFTER_S)
    }
  }
}
