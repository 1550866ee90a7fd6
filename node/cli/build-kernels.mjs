#!/usr/bin/env node
/**
 * Builds into dist/ what is not TypeScript: the kernel and the extractor's loops in WebAssembly
 * always, the native kernels where there is a C compiler. Without one a search is slower and
 * nothing else changes, so that is only a notice.
 *
 * Usage: node node/cli/build-kernels.mjs [--native]. With --native only those, and it has to work.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const sources = join(root, 'matcher/kernel')
const out = join(root, 'dist/matcher/kernel')

/** -fwrapv: whatever a damaged record holds, sums wrap as they do in the other kernels. */
const C_FLAGS = [
  '-O3',
  '-std=gnu11',
  '-fwrapv',
  '-fno-math-errno',
  '-fPIC',
  '-shared',
  '-Wall',
  '-Wextra',
]
const C_FILES = ['addon.c', 'portable.c', 'avx2.c', 'avx512.c']

/** Warning 112: vectors handed from file to file, which it takes for handing them to the caller. */
const ASSEMBLY_FLAGS = [
  '-O3',
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--noAssert',
  '--disableWarning',
  '112',
]

mkdirSync(out, { recursive: true })
const isNativeOnly = process.argv.includes('--native')
if (!isNativeOnly) {
  buildAssembly('matcher/kernel', 'first-stage')
  // Its memory is as large as the images are.
  buildAssembly('matcher/extract', 'loops', ['--importMemory'])
}
buildNative()

function buildAssembly(folder, name, flags = []) {
  const source = join(root, folder, `assembly/${name}.ts`)
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js')
  const target = join(root, 'dist', folder, `${name}.wasm`)
  const { status } = run(process.execPath, [
    compiler,
    source,
    '-o',
    target,
    ...ASSEMBLY_FLAGS,
    ...flags,
  ])
  if (status !== 0) process.exit(1)
  // As a module, which the matcher can load: it reads no files.
  const wasm = readFileSync(target).toString('base64')
  writeFileSync(target.replace(/wasm$/, 'json'), JSON.stringify({ wasm }))
  rmSync(target)
}

function buildNative() {
  const headers = join(root, 'node_modules/node-api-headers/include')
  const files = C_FILES.map((file) => join(sources, 'native', file))
  const compiler = process.env.CC ?? 'cc'
  const target = join(out, 'native.node')
  const undefinedLater = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []
  const flags = [...C_FLAGS, ...undefinedLater, `-I${headers}`]
  const { status, error } = run(compiler, [...flags, ...files, '-o', target])
  if (status === 0) return
  const reason = error ? `there is no C compiler "${compiler}"` : `"${compiler}" failed`
  console.error(`The native kernels were not built, ${reason}: searches use WebAssembly.`)
  if (isNativeOnly) process.exit(1)
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
}
