/** The heavy loops in WebAssembly SIMD. */
import { createRequire } from 'node:module'
import type { GreyImage } from '../image/image.ts'
import { DEVIATION_FLOOR, DEVIATION_RADIUS, MEAN_RADIUS } from './contrast.ts'
import { STRENGTH_RADIUS } from './foreground.ts'
import { PATCH, type Frame } from './frame.ts'
import { LoopInstance } from './loop-instance.ts'
import type { Loops } from './loops.ts'
import type { OrientationField } from './orientation.ts'
import { near, type Waves } from './ridge-filter.ts'
import { ADVANCE_RADIUS, periodsOf } from './ridge-period.ts'

/** Made by the build, of `assembly/loops.ts`: in base64. */
const MODULE = './loops.json'

/** Bytes that an instance has at least: enough for most single fingers. */
const BYTES_MIN = 4_194_304

/**
 * What comes from elsewhere is copied into the memory of an instance. A frame that does not fit
 * gets an instance at least twice as large, which is kept.
 */
export class WasmLoops implements Loops {
  readonly #module: WebAssembly.Module
  #instance: LoopInstance | undefined

  private constructor(module: WebAssembly.Module) {
    this.#module = module
  }

  /** @throws Error where this machine has no SIMD, or nothing was built */
  static load(): WasmLoops {
    const { wasm } = createRequire(import.meta.url)(MODULE) as { wasm: string }
    return new WasmLoops(new WebAssembly.Module(Buffer.from(wasm, 'base64')))
  }

  evened({ pixels, width, height }: GreyImage, frame: Frame): Float32Array {
    const loops = this.#for(frame)
    const { at, run } = loops
    const { stride, rows } = frame
    // A plane that is written later has room for the pixels, and for the mean.
    loops.put(at.even, pixels)
    run.soften(at.even, width, height, at.grey)
    run.blur(at.grey, stride, rows, MEAN_RADIUS, at.even)
    run.deviate(at.grey, at.even, at.odd)
    run.blur(at.odd, stride, rows, DEVIATION_RADIUS, at.even)
    run.level(at.grey, at.even, DEVIATION_FLOOR)
    return loops.floats(at.grey, stride * rows)
  }

  energies(plane: Float32Array, frame: Frame): Float32Array {
    const loops = this.#for(frame)
    const { at, run } = loops
    run.sumSquares(loops.find(plane, at.smooth), at.x)
    blurCells(loops, at.x, frame, STRENGTH_RADIUS)
    return ofCells(loops, at.x, frame)
  }

  orientationField(
    plane: Float32Array,
    frame: Frame,
    { cells, scales }: { cells: Uint8Array; scales: readonly number[] },
  ): OrientationField {
    const loops = this.#for(frame)
    const { at, run } = loops
    const { x, y, energy, open, fieldX, fieldY } = at
    loops.put(at.cells, cells)
    run.squareGradients(loops.find(plane, at.smooth), at.cells, x, y, energy)
    loops.floats(open, cells.length).fill(1)
    for (const field of [fieldX, fieldY]) loops.floats(field, cells.length).fill(0)
    for (const radius of scales) {
      for (const part of [x, y, energy]) blurCells(loops, part, frame, radius)
      run.addScale(x, y, energy, open, fieldX, fieldY)
    }
    return { x: ofCells(loops, fieldX, frame), y: ofCells(loops, fieldY, frame) }
  }

  orientations({ x, y }: OrientationField, frame: Frame): Uint8Array {
    const loops = this.#for(frame)
    const { at, run } = loops
    loops.put(at.fieldX, x)
    loops.put(at.fieldY, y)
    run.orient(at.fieldX, at.fieldY, at.arcTangents, at.orientation)
    return loops.octets(at.orientation, (frame.stride * frame.rows) / (PATCH * PATCH)).slice()
  }

  ridgeWaves(
    plane: Float32Array,
    frame: Frame,
    orientation: Uint8Array,
    periods: Uint8Array,
  ): Waves {
    const loops = this.#for(frame)
    const { at, run } = loops
    const { smooth, even, odd, cells, offsets } = at
    loops.put(at.orientation, orientation)
    loops.put(cells, near(periods, frame))
    const from = loops.find(plane, even)
    run.averageAlong(from, cells, at.orientation, offsets, at.bell, smooth)
    loops.put(cells, periods)
    run.measureAcross(smooth, cells, at.orientation, offsets, at.kernels, even, odd)
    return { even: loops.floats(even, plane.length), odd: loops.floats(odd, plane.length) }
  }

  strengths({ even, odd }: Waves, frame: Frame): Float32Array {
    const loops = this.#for(frame)
    const { at, run } = loops
    run.sumHeights(loops.find(even, at.even), loops.find(odd, at.odd), at.x)
    blurCells(loops, at.x, frame, STRENGTH_RADIUS)
    return ofCells(loops, at.x, frame)
  }

  ridgePeriods(
    { even, odd }: Waves,
    frame: Frame,
    orientation: Uint8Array,
    inside: Uint8Array,
  ): Uint8Array {
    const loops = this.#for(frame)
    const { at, run } = loops
    const { x, y, cells } = at
    loops.put(at.orientation, orientation)
    loops.put(cells, inside)
    const [evenAt, oddAt] = [loops.find(even, at.even), loops.find(odd, at.odd)]
    run.sumAdvance(evenAt, oddAt, at.orientation, cells, at.steps, x, y)
    for (const part of [x, y]) blurCells(loops, part, frame, ADVANCE_RADIUS)
    return periodsOf({ x: ofCells(loops, x, frame), y: ofCells(loops, y, frame) }, inside)
  }

  #for(frame: Frame): LoopInstance {
    if (this.#instance?.makeRoom(frame)) return this.#instance
    const bytesMin = Math.max(BYTES_MIN, 2 * (this.#instance?.bytes ?? 0))
    this.#instance = new LoopInstance(this.#module, frame, bytesMin)
    return this.#instance
  }
}

function blurCells(
  { at, run }: LoopInstance,
  cells: number,
  { across, down }: Frame,
  radius: number,
): void {
  run.blur(cells, across, down, radius, at.once)
  run.blur(at.once, across, down, radius, cells)
}

function ofCells(loops: LoopInstance, place: number, { across, down }: Frame): Float32Array {
  return loops.floats(place, across * down).slice()
}
