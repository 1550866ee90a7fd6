/** Prints that nobody's finger has made, with minutiae enough to be compared. */
import type { GreyImage } from '../../../../matcher/image/image.ts'
import { drawn, PLAIN, type Planted } from '../../../matcher/support/drawn-print.ts'

const APART = 46
const PER_ROW = 5

/** By `of` another finger, by `noise` another impression of it. */
export function drawnFinger({ of, noise }: { of: number; noise: number }): GreyImage {
  const planted = Array.from({ length: PER_ROW * PER_ROW }, (_, at): Planted => {
    const column = (at % PER_ROW) - 2
    const row = Math.floor(at / PER_ROW) - 2
    const shift = (at * 29 + of * 17) % 23
    return {
      x: column * APART + shift - 11,
      y: row * APART + ((shift * (of + 2)) % 23) - 11,
      isAlong: (at * (of + 1)) % 3 === 0,
    }
  })
  return drawn({ ...PLAIN, planted, noise, turn: 10 })
}
