/** Who may import whom: the floors of the house. */
import { posix } from 'node:path'
import { lineAt, type Source, type Violation } from './source.ts'

/** What each top-level folder may import of ours, beside itself. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  crypto: [],
  protocol: ['crypto'],
  matcher: [],
  node: ['crypto', 'protocol', 'matcher'],
  simulations: ['crypto', 'protocol', 'matcher', 'node', 'test'],
  test: ['crypto', 'protocol', 'matcher', 'node', 'simulations'],
}

export const TOP_FOLDERS = Object.keys(BELOW)

/** The floors of `node/`. A room imports from its own floor and from those below. */
const FLOORS: readonly (readonly string[])[] = [
  ['clock.ts', 'random.ts', 'logger.ts', 'limits.ts', 'live-roster.ts'],
  ['store', 'mesh', 'audit', 'print', 'tls'],
  ['log', 'vault', 'access'],
  ['registry', 'search'],
  ['enrol', 'acts', 'erasure', 'border', 'post'],
  ['gateway', 'console', 'fields'],
  ['node.ts', 'host.ts'],
  ['cli', 'demo'],
]

/** Packages that few rooms alone know; every other room speaks to such a room's interface. */
const HOMES: readonly [packages: RegExp, ...homes: string[]][] = [
  [/^(?:libp2p$|@libp2p\/|@chainsafe\/|@multiformats\/)/, 'node/mesh/'],
  [/^(?:level|classic-level|abstract-level)$/, 'node/store/'],
  [/^(?:fastify$|@fastify\/)/, 'node/gateway/', 'node/fields/osia/'],
  [/^(?:ajv|ajv-formats|yaml)$/, 'node/fields/osia/'],
  [/^rhea$/, 'node/fields/mosip/'],
  [/^(?:jpeg-js$|@cornerstonejs\/)/, 'matcher/image/'],
]

/** What touches a socket, a disk or another process: for `node/` and whatever stands on it. */
const OUTSIDE = /^(?:node:)?(?:fs|net|tls|dgram|dns|https?|http2|child_process|cluster)(?:\/|$)/

const PURE = ['crypto', 'protocol', 'matcher']

export interface Import {
  readonly line: number
  readonly specifier: string
  /** The imported file from the repository's root; absent for a package. */
  readonly target: string | undefined
}

export function importsOf({ path, text, code }: Source): Import[] {
  const found: Import[] = []
  for (const { 0: whole, index } of code.matchAll(/\b(?:from|import)\s*\(?\s*['"] *['"]/g)) {
    const specifier = text.slice(index, index + whole.length).replace(/^[^'"]*['"]|['"]$/g, '')
    const isOurs = specifier.startsWith('.')
    const target = isOurs ? posix.join(posix.dirname(path), specifier) : undefined
    found.push({ line: lineAt(code, index), specifier, target })
  }
  return found
}

export function importViolations(source: Source): Violation[] {
  return importsOf(source).flatMap((found) => {
    const complaint =
      found.target === undefined
        ? packageComplaint(source.path, found.specifier)
        : folderComplaint(source.path, found.target)
    return complaint === undefined ? [] : [{ path: source.path, line: found.line, complaint }]
  })
}

function packageComplaint(path: string, specifier: string): string | undefined {
  const top = topOf(path)
  if (top === 'simulations' || top === 'test') return undefined
  if (PURE.includes(top) && OUTSIDE.test(specifier)) return `${top}/ may not touch ${specifier}`
  const [, ...homes] = HOMES.find(([packages]) => packages.test(specifier)) ?? []
  if (homes.length === 0 || homes.some((home) => path.startsWith(home))) return undefined
  return `only ${homes.join(' and ')} may import ${specifier}`
}

function folderComplaint(path: string, target: string): string | undefined {
  const from = topOf(path)
  const to = topOf(target)
  if (from !== to) {
    const isBelow = BELOW[from]?.includes(to) ?? false
    const isAudit = path.startsWith('node/audit/') && to === 'matcher'
    return isBelow && !isAudit ? undefined : `${from}/ may not import ${target}`
  }
  return from === 'node' ? floorComplaint(roomOf(path), roomOf(target)) : undefined
}

function floorComplaint(from: string, to: string): string | undefined {
  if (from === to) return undefined
  if (from === 'audit') return `audit may import crypto/ and protocol/ only, not ${to}`
  const below = floorOf(to)
  const own = floorOf(from)
  if (own < 0) return `node/${from} is on no floor`
  if (below < 0) return `node/${to} is on no floor`
  if (below <= own) return undefined
  return `${from} on floor ${own} may not import ${to} on floor ${below}`
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room))
}

function topOf(path: string): string {
  return path.split('/')[0] ?? ''
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? ''
}
