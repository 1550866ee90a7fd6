/** The loops in WebAssembly with their memory, and where things are in it. */
import { ARC_TANGENTS } from '../integer.ts'
import { PATCH, type Frame } from './frame.ts'
import { BELL, KERNELS, tapOffsets } from './ridge-filter.ts'
import { STEPS } from './ridge-period.ts'

/** Bytes. */
const PAGE = 65_536
const FLOAT = Float32Array.BYTES_PER_ELEMENT
const DOUBLE = Float64Array.BYTES_PER_ELEMENT

/** Bytes that the module may keep for itself, below all else; it keeps a few. */
const OWN_BYTES_MAX = PAGE

/** Bytes on which everything begins; a loop's last step may reach as far behind what it is of. */
const STEP = 16

/** Of floats, by pixel. */
const PLANES = ['grey', 'smooth', 'even', 'odd'] as const

/** Of floats, by cell. */
const CELL_PLANES = ['x', 'y', 'energy', 'open', 'fieldX', 'fieldY', 'once'] as const

/** What is the same for every frame: weights and steps each with those that are used with them. */
const TABLES = {
  bell: BELL,
  kernels: Float64Array.from(
    KERNELS.flatMap(({ even, odd }) => [...even].flatMap((weight, tap) => [weight, odd[tap]!])),
  ),
  steps: Float64Array.from(
    [...STEPS.x].flatMap((x, normal) => {
      return [x, STEPS.y[normal]!, STEPS.cosines[normal]!, STEPS.sines[normal]!]
    }),
  ),
  arcTangents: ARC_TANGENTS,
}

type Name =
  | keyof typeof TABLES
  | (typeof PLANES)[number]
  | (typeof CELL_PLANES)[number]
  | 'offsets'
  | 'rows'
  | 'orientation'
  | 'cells'

/** Where each begins. */
export type Places = Readonly<Record<Name, number>>

type Values = Uint8Array | Int32Array | Float32Array | Float64Array

/** What is told to the loops are places in their memory, lengths, and single numbers. */
type Loop = (...told: number[]) => void

interface Exports {
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
 * An instance's memory holds what one frame needs. It never grows: growing detaches a buffer, and
 * once one was detached the engine checks every typed array of the thread for it.
 */
export class LoopInstance {
  readonly run: Exports
  readonly bytes: number
  readonly #buffer: ArrayBuffer
  #frame: Frame
  #at: Places

  /**
   * With at least `bytesMin`.
   *
   * @throws RangeError if there is not as much memory
   */
  constructor(module: WebAssembly.Module, frame: Frame, bytesMin: number) {
    const needed = placesOf(frame, OWN_BYTES_MAX).end
    const memory = new WebAssembly.Memory({ initial: Math.ceil(Math.max(needed, bytesMin) / PAGE) })
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    this.run = exports as unknown as Exports
    this.#buffer = memory.buffer
    this.bytes = memory.buffer.byteLength
    this.#frame = frame
    this.#at = this.#lay(frame)
  }

  /** Where things are. */
  get at(): Places {
    return this.#at
  }

  /** False where there is too little. What was there is void if the frame is another. */
  makeRoom(frame: Frame): boolean {
    if (frame.across === this.#frame.across && frame.down === this.#frame.down) return true
    if (placesOf(frame, OWN_BYTES_MAX).end > this.bytes) return false
    this.#frame = frame
    this.#at = this.#lay(frame)
    return true
  }

  put(place: number, values: Values): void {
    const { buffer, byteOffset, byteLength } = values
    new Uint8Array(this.#buffer, place).set(new Uint8Array(buffer, byteOffset, byteLength))
  }

  floats(place: number, length: number): Float32Array {
    return new Float32Array(this.#buffer, place, length)
  }

  octets(place: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer, place, length)
  }

  /** Where a plane is; one from elsewhere is put at `place`. */
  find(plane: Float32Array, place: number): number {
    if (plane.buffer === this.#buffer) return plane.byteOffset
    this.put(place, plane)
    return place
  }

  #lay(frame: Frame): Places {
    const { places } = placesOf(frame, this.run.freeFrom())
    for (const [name, table] of Object.entries(TABLES)) this.put(places[name as Name], table)
    const offsets = tapOffsets(frame.stride).map((offset) => offset * FLOAT)
    this.put(places.offsets, offsets)
    this.run.frame(frame.across, frame.down, places.rows)
    return places
  }
}

function placesOf(frame: Frame, from: number): { places: Places; end: number } {
  const { stride, rows, across, down } = frame
  const lengths = [
    ...Object.entries(TABLES).map(([name, { byteLength }]) => [name, byteLength] as const),
    ['offsets', tapOffsets(stride).byteLength] as const,
    ['rows', 2 * (stride + 2) * DOUBLE] as const,
    ['orientation', (stride * rows) / (PATCH * PATCH)] as const,
    ['cells', across * down] as const,
    ...CELL_PLANES.map((name) => [name, across * down * FLOAT] as const),
    ...PLANES.map((name) => [name, stride * rows * FLOAT] as const),
  ]
  let end = Math.ceil(from / STEP) * STEP
  const places = lengths.map(([name, bytes]) => {
    const place = end
    end += (Math.ceil(bytes / STEP) + 1) * STEP
    return [name, place] as const
  })
  return { places: Object.fromEntries(places) as Places, end }
}
