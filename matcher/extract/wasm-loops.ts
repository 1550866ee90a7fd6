/** The heavy loops in WebAssembly SIMD. */
import { createRequire } from 'node:module'
import type { GreyImage } from '../image/image.ts'
import { DEVIATION_FLOOR, DEVIATION_RADIUS, MEAN_RADIUS } from './contrast.ts'
import { STRENGTH_RADIUS } from './foreground.ts'
import { PATCH, type Frame } from './frame.ts'
import { LoopMemory, type Places } from './loop-memory.ts'
import type { Loops } from './loops.ts'
import type { OrientationField } from './orientation.ts'
import { near, type Waves } from './ridge-filter.ts'
import { ADVANCE_RADIUS, periodsOf } from './ridge-period.ts'

/** Made by the build, of `assembly/loops.ts`: in base64. */
const MODULE = './loops.json'

/** What is told to the loops are places in their memory, lengths, and single numbers. */
type Loop = (...told: number[]) => void

interface Exports {
  readonly memory: WebAssembly.Memory
  readonly freeFrom: () => number
  readonly frame: Loop
  readonly soften: Loop
  readonly blur: Loop
  readonly deviate: Loop
  readonly level: Loop
  readonly averageAlong: Loop
  readonly measureAcross: Loop
  readonly squareGradients: Loop
  readonly addScale: Loop
  readonly orient: Loop
  readonly sumSquares: Loop
  readonly sumHeights: Loop
  readonly sumAdvance: Loop
}

/**
 * Its memory holds the planes of one frame; what comes from elsewhere is copied there. It grows to
 * the largest frame seen, and is kept.
 */
export class WasmLoops implements Loops {
  readonly #run: Exports
  readonly #memory: LoopMemory

  private constructor(exports: Exports) {
    this.#run = exports
    this.#memory = new LoopMemory(exports.memory, exports.freeFrom())
  }

  /** @throws Error where this machine has no SIMD, or nothing was built */
  static load(): WasmLoops {
    const { wasm } = createRequire(import.meta.url)(MODULE) as { wasm: string }
    const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'))
    const { exports } = new WebAssembly.Instance(module)
    return new WasmLoops(exports as unknown as Exports)
  }

  evened({ pixels, width, height }: GreyImage, frame: Frame): Float32Array {
    const at = this.#lay(frame)
    const { stride, rows } = frame
    // A plane that is written later has room for the pixels, and for the mean.
    this.#memory.put(at.even, pixels)
    this.#run.soften(at.even, width, height, at.grey)
    this.#run.blur(at.grey, stride, rows, MEAN_RADIUS, at.even)
    this.#run.deviate(at.grey, at.even, at.odd)
    this.#run.blur(at.odd, stride, rows, DEVIATION_RADIUS, at.even)
    this.#run.level(at.grey, at.even, DEVIATION_FLOOR)
    return this.#memory.floats(at.grey, stride * rows)
  }

  energies(plane: Float32Array, frame: Frame): Float32Array {
    const at = this.#lay(frame)
    this.#run.sumSquares(this.#memory.find(plane, at.smooth), at.x)
    this.#blurCells(at.x, frame, STRENGTH_RADIUS)
    return this.#ofCells(at.x, frame)
  }

  orientationField(
    plane: Float32Array,
    frame: Frame,
    { cells, scales }: { cells: Uint8Array; scales: readonly number[] },
  ): OrientationField {
    const at = this.#lay(frame)
    const { x, y, energy, open, fieldX, fieldY } = at
    const count = cells.length
    this.#memory.put(at.cells, cells)
    this.#run.squareGradients(this.#memory.find(plane, at.smooth), at.cells, x, y, energy)
    this.#memory.floats(open, count).fill(1)
    for (const field of [fieldX, fieldY]) this.#memory.floats(field, count).fill(0)
    for (const radius of scales) {
      for (const part of [x, y, energy]) this.#blurCells(part, frame, radius)
      this.#run.addScale(x, y, energy, open, fieldX, fieldY)
    }
    return { x: this.#ofCells(fieldX, frame), y: this.#ofCells(fieldY, frame) }
  }

  orientations({ x, y }: OrientationField, frame: Frame): Uint8Array {
    const at = this.#lay(frame)
    this.#memory.put(at.fieldX, x)
    this.#memory.put(at.fieldY, y)
    this.#run.orient(at.fieldX, at.fieldY, at.arcTangents, at.orientation)
    return this.#memory.bytes(at.orientation, (frame.stride * frame.rows) / (PATCH * PATCH)).slice()
  }

  ridgeWaves(
    plane: Float32Array,
    frame: Frame,
    orientation: Uint8Array,
    periods: Uint8Array,
  ): Waves {
    const at = this.#lay(frame)
    const { smooth, even, odd, cells, offsets } = at
    this.#memory.put(at.orientation, orientation)
    this.#memory.put(cells, near(periods, frame))
    const from = this.#memory.find(plane, even)
    this.#run.averageAlong(from, cells, at.orientation, offsets, at.bell, smooth)
    this.#memory.put(cells, periods)
    this.#run.measureAcross(smooth, cells, at.orientation, offsets, at.kernels, even, odd)
    return {
      even: this.#memory.floats(even, plane.length),
      odd: this.#memory.floats(odd, plane.length),
    }
  }

  strengths(waves: Waves, frame: Frame): Float32Array {
    const at = this.#lay(frame)
    const { even, odd } = this.#find(waves, at)
    this.#run.sumHeights(even, odd, at.x)
    this.#blurCells(at.x, frame, STRENGTH_RADIUS)
    return this.#ofCells(at.x, frame)
  }

  ridgePeriods(
    waves: Waves,
    frame: Frame,
    orientation: Uint8Array,
    inside: Uint8Array,
  ): Uint8Array {
    const at = this.#lay(frame)
    const { even, odd } = this.#find(waves, at)
    this.#memory.put(at.orientation, orientation)
    this.#memory.put(at.cells, inside)
    this.#run.sumAdvance(even, odd, at.orientation, at.cells, at.steps, at.x, at.y)
    for (const part of [at.x, at.y]) this.#blurCells(part, frame, ADVANCE_RADIUS)
    return periodsOf({ x: this.#ofCells(at.x, frame), y: this.#ofCells(at.y, frame) }, inside)
  }

  #lay(frame: Frame): Places {
    const places = this.#memory.lay(frame)
    this.#run.frame(frame.across, frame.down, places.rows)
    return places
  }

  #find({ even, odd }: Waves, at: Places): { even: number; odd: number } {
    return { even: this.#memory.find(even, at.even), odd: this.#memory.find(odd, at.odd) }
  }

  #blurCells(cells: number, frame: Frame, radius: number): void {
    const { across, down } = frame
    const { once } = this.#memory.lay(frame)
    this.#run.blur(cells, across, down, radius, once)
    this.#run.blur(once, across, down, radius, cells)
  }

  #ofCells(place: number, { across, down }: Frame): Float32Array {
    return this.#memory.floats(place, across * down).slice()
  }
}
