/** The middle one of figures measured alike; of two in the middle the greater. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[values.length >> 1]!
}
