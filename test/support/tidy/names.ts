/** What files and folders are called, and where they may stand. */
import { TOP_FOLDERS } from './imports.ts'
import { isCodeFile, type Source, type Violation } from './source.ts'

/** Words of lower-case letters and digits with hyphens between them, and then suffixes. */
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/

/** Folders of `test/` that mirror nothing. */
const TEST_ONLY = ['support', 'vectors']

export function nameViolations(paths: readonly string[]): Violation[] {
  return paths.filter(isCodeFile).flatMap((path) => {
    const wrong = path.split('/').find((segment) => !KEBAB_CASE.test(segment))
    return wrong === undefined ? [] : [{ path, complaint: `${wrong} is not in kebab-case` }]
  })
}

/** Code outside the six folders. */
export function strayViolations(paths: readonly string[]): Violation[] {
  const stray = paths.filter((path) => {
    return isCodeFile(path) && !TOP_FOLDERS.includes(path.split('/')[0] ?? '')
  })
  const complaint = `code stands in ${TOP_FOLDERS.join(', ')} only`
  return stray.map((path) => ({ path, complaint }))
}

/** Files of `test/` that are neither a test nor support, and folders that mirror none of ours. */
export function testPlaceViolations(paths: readonly string[]): Violation[] {
  const folders = new Set(paths.flatMap(foldersOf))
  return paths.filter(isTestCode).flatMap((path) => {
    const segments = path.split('/').slice(1, -1)
    if (segments.some((segment) => TEST_ONLY.includes(segment)) || path === 'test/run.ts') return []
    if (!path.endsWith('.test.ts')) {
      return [{ path, complaint: 'neither *.test.ts nor in a folder support/' }]
    }
    const mirrored = segments.join('/')
    if (segments.length === 0 || folders.has(mirrored)) return []
    return [{ path, complaint: `there is no ${mirrored}/ that it could test` }]
  })
}

/** Tests that never run: each suite needs its `run()`. */
export function runViolations({ path, code }: Source): Violation[] {
  if (!isTestCode(path) || !path.endsWith('.test.ts')) return []
  const suites = code.match(/\bsuite(?:<[^>]*>)?\(/g)?.length ?? 0
  const runs = code.match(/\.run\(\)/g)?.length ?? 0
  if (runs >= Math.max(1, suites)) return []
  return [{ path, complaint: `${suites} suites and ${runs} calls of run()` }]
}

function isTestCode(path: string): boolean {
  return path.startsWith('test/') && isCodeFile(path)
}

/** Every folder above a file. */
function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, place) => segments.slice(0, place + 1).join('/'))
}
