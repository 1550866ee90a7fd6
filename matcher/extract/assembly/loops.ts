/**
 * The heavy loops of an extraction in WebAssembly SIMD, written in AssemblyScript: they are built
 * by their own compiler, and are not part of the TypeScript project. The definitions are in the
 * files beside this folder. Each loop computes doubles in the definition's order and rounds to
 * floats where the definition does, so that each bit is the same.
 */
export { frame } from './frame'
export { blur } from './blur'
export { deviate, level, soften } from './contrast'
export { averageAlong, measureAcross } from './filter'
export { addScale, orient, squareGradients } from './orientation'
export { sumAdvance, sumHeights, sumSquares } from './waves'

/** Where memory is free: planes are laid out from there on. */
export function freeFrom(): usize {
  return __heap_base
}
