/** Which kernels there are on this machine, and which of them a search uses. */
import type { Kernel, KernelName } from './kernel.ts'
import { NativeKernel } from './native-kernel.ts'
import { ScriptKernel } from './script-kernel.ts'
import { WasmKernel } from './wasm-kernel.ts'

/** The fastest first. Plain C is slower than WebAssembly's vectors. */
const LOADERS: readonly (() => readonly Kernel[])[] = [
  () => NativeKernel.load().filter(({ name }) => name !== 'portable'),
  () => [WasmKernel.load()],
  () => NativeKernel.load().filter(({ name }) => name === 'portable'),
  () => [new ScriptKernel()],
]

/** All that run here; the definition is always among them. */
export function availableKernels(): Kernel[] {
  return LOADERS.flatMap(loaded)
}

/** The one of this name if it runs here, or the fastest that does. */
export function chooseKernel(name?: KernelName): Kernel {
  if (name !== undefined) {
    const named = availableKernels().find((kernel) => kernel.name === name)
    if (named) return named
  }
  for (const loader of LOADERS) {
    const [fastest] = loaded(loader)
    if (fastest) return fastest
  }
  return new ScriptKernel()
}

/** What was not built, or does not run here, is not there; another takes its place. */
function loaded(loader: () => readonly Kernel[]): readonly Kernel[] {
  try {
    return loader()
  } catch {
    return []
  }
}
