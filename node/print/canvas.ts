/** Pixels of three bytes that are painted on: lines with round ends, and grey images. */
import type { GreyImage } from '../../matcher/image/image.ts'
import type { Box, Colour, Path, Pen, Point } from './picture.ts'

export class Canvas {
  readonly width: number
  readonly height: number
  /** Red, green and blue of every pixel, row by row. */
  readonly pixels: Uint8Array
  /** How much of each pixel the lines at hand cover; all 0 between two calls. */
  readonly #covered: Float32Array

  /** White. */
  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.pixels = new Uint8Array(3 * width * height).fill(255)
    this.#covered = new Float32Array(width * height)
  }

  /** Lines that cross or touch are one stroke: where they do, nothing gets darker. */
  lines(paths: readonly Path[], { colour, width, opacity = 1 }: Pen): void {
    const ink = rgbOf(colour)
    const touched = paths.map((path) => {
      const area = this.#areaOf(path, width / 2 + 1)
      const [start] = path
      if (path.length === 1 && start) this.#coverLine(start, start, width)
      for (const [at, end] of path.slice(1).entries()) this.#coverLine(path[at]!, end, width)
      return area
    })
    for (const area of touched) this.#paintCovered(area, ink, opacity)
  }

  /** Stretched to the box, grey levels in between interpolated. */
  image({ x, y, width, height }: Box, image: GreyImage): void {
    const right = Math.min(this.width, Math.round(x + width))
    const bottom = Math.min(this.height, Math.round(y + height))
    for (let row = Math.max(0, Math.round(y)); row < bottom; row += 1) {
      const down = ((row + 0.5 - y) * image.height) / height - 0.5
      for (let column = Math.max(0, Math.round(x)); column < right; column += 1) {
        const across = ((column + 0.5 - x) * image.width) / width - 0.5
        const at = 3 * (row * this.width + column)
        this.pixels.fill(greyAt(image, across, down), at, at + 3)
      }
    }
  }

  #coverLine(start: Point, end: Point, width: number): void {
    const { left, right, top, bottom } = this.#areaOf([start, end], width / 2 + 1)
    const alongX = end[0] - start[0]
    const alongY = end[1] - start[1]
    const square = alongX * alongX + alongY * alongY
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const fromX = x + 0.5 - start[0]
        const fromY = y + 0.5 - start[1]
        const along = square === 0 ? 0 : (fromX * alongX + fromY * alongY) / square
        const part = Math.max(0, Math.min(1, along))
        const distance = Math.hypot(fromX - part * alongX, fromY - part * alongY)
        const covered = width / 2 + 0.5 - distance
        const at = y * this.width + x
        if (covered > this.#covered[at]!) this.#covered[at] = Math.min(1, covered)
      }
    }
  }

  #paintCovered({ left, right, top, bottom }: Area, ink: readonly number[], opacity: number): void {
    for (let y = top; y < bottom; y += 1) {
      for (let at = y * this.width + left; at < y * this.width + right; at += 1) {
        const share = this.#covered[at]! * opacity
        if (share === 0) continue
        this.#covered[at] = 0
        for (const [part, level] of ink.entries()) {
          const under = this.pixels[3 * at + part]!
          this.pixels[3 * at + part] = Math.round(under + (level - under) * share)
        }
      }
    }
  }

  #areaOf(path: Path, margin: number): Area {
    const xs = path.map(([x]) => x)
    const ys = path.map(([, y]) => y)
    return {
      left: Math.max(0, Math.floor(Math.min(...xs) - margin)),
      right: Math.min(this.width, Math.ceil(Math.max(...xs) + margin)),
      top: Math.max(0, Math.floor(Math.min(...ys) - margin)),
      bottom: Math.min(this.height, Math.ceil(Math.max(...ys) + margin)),
    }
  }
}

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function rgbOf(colour: Colour): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

/** Between the centres of four pixels; beyond the edge the edge goes on. */
function greyAt({ width, height, pixels }: GreyImage, x: number, y: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const at = (column: number, row: number): number => {
    const inside = Math.max(0, Math.min(height - 1, row)) * width
    return pixels[inside + Math.max(0, Math.min(width - 1, column))]!
  }
  const upper = at(left, top) + (at(left + 1, top) - at(left, top)) * (x - left)
  const lower = at(left, top + 1) + (at(left + 1, top + 1) - at(left, top + 1)) * (x - left)
  return Math.round(upper + (lower - upper) * (y - top))
}
