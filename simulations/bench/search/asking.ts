/** Asking so many questions, so many at a time, and how long each took. */
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
