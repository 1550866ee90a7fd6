#!/usr/bin/env node
/**
 * Runs a compiled entry point, after installing and building whatever is missing or out of date.
 *
 * Usage: node node/cli/bootstrap.mjs <entry below dist/> [arguments]. It has to run on a machine
 * that has nothing but Node, so it and what it builds with are the files here that are neither
 * TypeScript nor allowed an import that is not Node's own.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NODE_MINIMUM = [20, 19]
const SOURCES = ['crypto', 'protocol', 'matcher', 'node', 'simulations', 'test']
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const stamp = join(root, 'dist/.built')

checkNodeVersion()
if (isInstallStale()) install()
if (isBuildStale()) build()
const [entry, ...rest] = process.argv.slice(2)
if (entry) {
  const compiled = join(root, 'dist', entry)
  process.argv = [process.argv[0], compiled, ...rest]
  await import(pathToFileURL(compiled).href)
}

function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return
  console.error(`Tamga needs Node ${NODE_MINIMUM.join('.')} or newer; this is ${process.version}.`)
  process.exit(1)
}

function isInstallStale() {
  const installed = join(root, 'node_modules/.package-lock.json')
  return modified(installed) < modified(join(root, 'package-lock.json'))
}

function install() {
  console.error('Installing dependencies (once) …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  run(npm, ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--loglevel=error'])
}

function isBuildStale() {
  const built = modified(stamp)
  const inputs = ['tsconfig.json', 'package-lock.json'].map((name) => join(root, name))
  const newest = Math.max(
    ...inputs.map(modified),
    ...SOURCES.map((dir) => newestBelow(join(root, dir))),
  )
  return built < newest
}

function build() {
  console.error('Building …')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'])
  run(process.execPath, [join(root, 'node/cli/build-kernels.mjs')])
  writeFileSync(stamp, '')
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`)
  process.exit(status ?? 1)
}

/** A folder's own time counts too: it is what changes when a file is deleted. */
function newestBelow(dir) {
  if (!existsSync(dir)) return 0
  const times = readdirSync(dir, { withFileTypes: true }).map((found) => {
    const path = join(dir, found.name)
    return found.isDirectory() ? newestBelow(path) : modified(path)
  })
  return Math.max(modified(dir), ...times)
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0
}
