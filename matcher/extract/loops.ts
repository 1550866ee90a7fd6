/**
 * The heavy loops of an extraction, by whatever this machine does them fastest with.
 *
 * Their definitions are the TypeScript functions of the same names. WebAssembly's vectors follow
 * IEEE 754 as the language does, and do the same sums in the same order: they give the same bits.
 */
import { evened } from './contrast.ts'
import { energies, strengths } from './foreground.ts'
import { orientationField, orientations } from './orientation.ts'
import { ridgeWaves } from './ridge-filter.ts'
import { ridgePeriods } from './ridge-period.ts'
import { WasmLoops } from './wasm-loops.ts'

/**
 * The planes that `evened` and `ridgeWaves` give are lent: they hold until that loop is called
 * again, or any is given another frame or planes from elsewhere.
 */
export interface Loops {
  readonly evened: typeof evened
  readonly energies: typeof energies
  readonly orientationField: typeof orientationField
  readonly orientations: typeof orientations
  readonly ridgeWaves: typeof ridgeWaves
  readonly strengths: typeof strengths
  readonly ridgePeriods: typeof ridgePeriods
}

/** The definition: what auditors use, and where no WebAssembly was built or it has no SIMD. */
export const SCRIPT_LOOPS: Loops = {
  evened,
  energies,
  orientationField,
  orientations,
  ridgeWaves,
  strengths,
  ridgePeriods,
}

/** This thread's. */
export function chooseLoops(): Loops {
  chosen ??= fastest()
  return chosen
}

let chosen: Loops | undefined

function fastest(): Loops {
  try {
    return WasmLoops.load()
  } catch {
    return SCRIPT_LOOPS
  }
}
