/** Where things are in the memory of the loops in WebAssembly. */
import { ARC_TANGENTS } from '../integer.ts'
import { PATCH, type Frame } from './frame.ts'
import { BELL, KERNELS, tapOffsets } from './ridge-filter.ts'
import { STEPS } from './ridge-period.ts'

/** Bytes. */
const PAGE = 65_536
const FLOAT = Float32Array.BYTES_PER_ELEMENT
const DOUBLE = Float64Array.BYTES_PER_ELEMENT

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

/** Holds what one frame needs. It grows to the largest seen, and never shrinks. */
export class LoopMemory {
  readonly #memory: WebAssembly.Memory
  readonly #from: number
  #laid: { readonly frame: Frame; readonly places: Places } | undefined

  /** `from` is the first byte that is free. */
  constructor(memory: WebAssembly.Memory, from: number) {
    this.#memory = memory
    this.#from = from
  }

  /** Makes room. Views of what was there before are void if the frame is another. */
  lay(frame: Frame): Places {
    if (this.#laid && isSame(this.#laid.frame, frame)) return this.#laid.places
    const { places, end } = placesOf(frame, this.#from)
    const lacking = Math.ceil((end - this.#memory.buffer.byteLength) / PAGE)
    if (lacking > 0) this.#memory.grow(lacking)
    for (const [name, table] of Object.entries(TABLES)) this.put(places[name as Name], table)
    this.put(
      places.offsets,
      tapOffsets(frame.stride).map((offset) => offset * FLOAT),
    )
    this.#laid = { frame, places }
    return places
  }

  put(place: number, values: Values): void {
    const { buffer, byteOffset, byteLength } = values
    new Uint8Array(this.#memory.buffer, place).set(new Uint8Array(buffer, byteOffset, byteLength))
  }

  floats(place: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, place, length)
  }

  bytes(place: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, place, length)
  }

  /** Where a plane is; one from elsewhere is put at `place`. */
  find(plane: Float32Array, place: number): number {
    if (plane.buffer === this.#memory.buffer) return plane.byteOffset
    this.put(place, plane)
    return place
  }
}

function isSame(one: Frame, other: Frame): boolean {
  return one.across === other.across && one.down === other.down
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
