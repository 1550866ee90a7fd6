/** Which kernels there are on this machine, and which of them a search uses. */
import type { Kernel, KernelName } from './kernel.ts'
import { NativeKernel } from './native-kernel.ts'
import { ScriptKernel } from './script-kernel.ts'
import { WasmKernel } from './wasm-kernel.ts'

/** All that run here, the fastest first; the definition is always there. */
export function availableKernels(): Kernel[] {
  const native = orNone(() => NativeKernel.load())
  const wasm = orNone(() => [WasmKernel.load()])
  const vector = native.filter(({ name }) => name !== 'portable')
  const scalar = native.filter(({ name }) => name === 'portable')
  return [...vector, ...wasm, ...scalar, new ScriptKernel()]
}

/** The one of this name, or the fastest there is. */
export function chooseKernel(name?: KernelName): Kernel {
  const kernels = availableKernels()
  return kernels.find((kernel) => kernel.name === name) ?? kernels[0]!
}

/** What was not built, or does not run here, is not there; another takes its place. */
function orNone<T>(load: () => T[]): T[] {
  try {
    return load()
  } catch {
    return []
  }
}
