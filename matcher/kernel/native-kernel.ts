/** The first stage in C, where it could be built: for AVX-512, for AVX2, or for any processor. */
import { createRequire } from 'node:module'
import { KERNEL_TABLES, type Kernel, type KernelProbe } from './kernel.ts'

/** Made by the build, of `native/*.c`. */
const ADDON = './native.node'

/** By what the addon calls a level. */
const NAMES = ['portable', 'avx2', 'avx512'] as const

interface Addon {
  /** The best that this machine can. */
  level(): number
  preferLargePages(bytes: Uint8Array): void
  scan(
    level: number,
    tables: Int32Array,
    probe: Int32Array,
    records: Uint8Array,
    rows: Uint32Array,
    scores: Uint16Array,
  ): void
}

/**
 * Asks for memory that takes fewer entries of the processor's page tables, before anything is
 * written there: a scan of gigabytes spends a fifth of its time on them. Nothing happens where
 * there is no native kernel, or no such pages.
 */
export function preferLargePages(bytes: Uint8Array): void {
  nativeAddon()?.preferLargePages(bytes)
}

/** Undefined where it was not built. */
function nativeAddon(): Addon | undefined {
  loaded ??= { addon: tryLoad() }
  return loaded.addon
}

let loaded: { readonly addon: Addon | undefined } | undefined

function tryLoad(): Addon | undefined {
  try {
    return createRequire(import.meta.url)(ADDON) as Addon
  } catch {
    return undefined
  }
}

export class NativeKernel implements Kernel {
  readonly name: (typeof NAMES)[number]
  readonly #addon: Addon
  readonly #level: number

  private constructor(addon: Addon, level: number) {
    this.name = NAMES[level]!
    this.#addon = addon
    this.#level = level
  }

  /** All that this machine can run, the fastest first; none where it was not built. */
  static load(): NativeKernel[] {
    const native = nativeAddon()
    if (!native) return []
    const levels = NAMES.map((_, level) => level).filter((level) => level <= native.level())
    return levels.reverse().map((level) => new NativeKernel(native, level))
  }

  scan({ words }: KernelProbe, records: Uint8Array, rows: Uint32Array, scores: Uint16Array): void {
    this.#addon.scan(this.#level, KERNEL_TABLES, words, records, rows, scores)
  }
}
