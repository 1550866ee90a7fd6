/**
 * Time, as everything in Tamga sees it: handed in, so that a simulation can run the same code on a
 * seeded clock. `systemClock` is the only place that reads the machine's.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Resolves `ms` later. */
  sleep(ms: number): Promise<void>
  /** Calls `then` once, `ms` later, unless the returned function is called before. */
  timer(ms: number, then: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms)
    }),
  timer: (ms, then) => {
    const handle = setTimeout(then, ms)
    return () => {
      clearTimeout(handle)
    }
  },
}
