/** What must not stand in a source. */
import { linesOf, type Source, type Violation } from './source.ts'

type Part = 'text' | 'code' | 'comments'

const FORBIDDEN: readonly [part: Part, pattern: RegExp, complaint: string][] = [
  ['code', /\benum\s+\w+\s*\{/g, 'an enum: a union of words erases, an enum does not'],
  ['code', /\bexport\s+default\b|\bas\s+default\b/g, 'a default export'],
  ['code', /\bas\s+any\b/g, '`as any`'],
  ['code', /\.(?:skip|only)\s*\(/g, 'a test that is left out, or leaves others out'],
  ['comments', /@ts-(?:ignore|nocheck|expect-error)\b/g, 'a compiler error that is silenced'],
  ['comments', /\b(?:TODO|FIXME|XXX)\b/g, 'work that is put off'],
]

/** Folders that exist on one machine and not on the next. */
const MACHINE_PATH = /(?<![\w.~-])\/(?:work|tmp|root|home)\//g

export function wordViolations(source: Source): Violation[] {
  return FORBIDDEN.flatMap(([part, pattern, complaint]) => {
    return linesOf(source[part], pattern).map((line) => ({ path: source.path, line, complaint }))
  })
}

export function machinePathViolations({ path, text }: Pick<Source, 'path' | 'text'>): Violation[] {
  const complaint = 'a path of one machine'
  return linesOf(text, MACHINE_PATH).map((line) => ({ path, line, complaint }))
}
