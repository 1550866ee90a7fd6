/** Samples of the kinds that image files have, made into 8-bit grey. */

/** What a row of samples means; alpha comes last. */
export type Channels = 'grey' | 'grey-alpha' | 'rgb' | 'rgb-alpha'

export const CHANNEL_COUNTS: Readonly<Record<Channels, number>> = {
  grey: 1,
  'grey-alpha': 2,
  rgb: 3,
  'rgb-alpha': 4,
}

/** ITU-R BT.601 luma in thousandths, rounded; samples are 0..255. */
export function lumaOf(red: number, green: number, blue: number): number {
  return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000)
}

/** A sample of `bits` bits on 0..255, rounded: 0 and the largest stay the ends. */
export function scaledTo8(value: number, bits: number): number {
  const most = 2 ** bits - 1
  return Math.floor((255 * value + (most >> 1)) / most)
}

/** Paper is white: what is transparent shows it. */
export function overWhite(grey: number, alpha: number): number {
  return Math.floor((grey * alpha + 255 * (255 - alpha) + 127) / 255)
}

/** Interleaved 8-bit samples, at least `count` times as many as there are channels. */
export function greyOfSamples(samples: Uint8Array, count: number, channels: Channels): Uint8Array {
  if (channels === 'grey') return samples.slice(0, count)
  const grey = new Uint8Array(count)
  const step = CHANNEL_COUNTS[channels]
  const isColour = channels === 'rgb' || channels === 'rgb-alpha'
  const hasAlpha = channels === 'grey-alpha' || channels === 'rgb-alpha'
  for (let place = 0; place < count; place += 1) {
    const at = place * step
    const first = samples[at]!
    const value = isColour ? lumaOf(first, samples[at + 1]!, samples[at + 2]!) : first
    grey[place] = hasAlpha ? overWhite(value, samples[at + step - 1]!) : value
  }
  return grey
}

/** Samples of 1, 2, 4 or 8 bits, packed from the high bit on, of one row. */
export function unpackedRow(row: Uint8Array, count: number, bits: number): Uint8Array {
  const values = new Uint8Array(count)
  const mask = 2 ** bits - 1
  for (let place = 0; place < count; place += 1) {
    const at = place * bits
    values[place] = ((row[at >> 3] ?? 0) >> (8 - bits - (at & 7))) & mask
  }
  return values
}
