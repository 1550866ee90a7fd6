/** Seeds from the arbitraries that the tests use: any valid value, the same ones for one seed. */
import fc from 'fast-check'

/** Values of each kind: enough for every variant to be among them. */
const SAMPLES = 48

export function sampled<T, I>(
  values: fc.Arbitrary<T>,
  encode: (value: T) => I,
): (seed: number) => I[] {
  return (seed) => fc.sample(values, { numRuns: SAMPLES, seed }).map(encode)
}
