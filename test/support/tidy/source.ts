/**
 * A source file, split into what is code and what is said about it, so that a rule about code does
 * not stumble over a comment, nor one about comments over a string.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Source {
  /** From the repository's root, with slashes. */
  readonly path: string
  readonly text: string
  /** The text with every comment and the inside of every literal blanked, place by place. */
  readonly code: string
  /** The text with everything but comments blanked. */
  readonly comments: string
}

/** A rule that is broken: where, and which. */
export interface Violation {
  readonly path: string
  /** From 1; absent where it is the file itself. */
  readonly line?: number
  readonly complaint: string
}

const CODE_FILE = /\.(?:ts|mts|cts|js|mjs|cjs|tsx|jsx)$/

/** Not ours, or made by a tool. */
const FOREIGN_FOLDER = /^(?:node_modules|dist.*|vectors|data|\..*)$/

export function isCodeFile(path: string): boolean {
  return CODE_FILE.test(path)
}

/** Paths of all files below `root` that are ours, in order. */
export function filesBelow(root: string, folder = ''): string[] {
  const found = readdirSync(join(root, folder), { withFileTypes: true })
  const paths = found.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isFile()) return [path]
    return entry.isDirectory() && !FOREIGN_FOLDER.test(entry.name) ? filesBelow(root, path) : []
  })
  return paths.sort()
}

export function readSource(root: string, path: string): Source {
  return sourceOf(path, readFileSync(join(root, path), 'utf8'))
}

export function sourceOf(path: string, text: string): Source {
  const code: string[] = []
  const comments: string[] = []
  for (const { kind, value } of pieces(text)) {
    const blank = value.replaceAll(/[^\n]/g, ' ')
    const inside = blank.slice(1, -1)
    code.push(
      kind === 'code' ? value : kind === 'comment' ? blank : value[0]! + inside + value.at(-1)!,
    )
    comments.push(kind === 'comment' ? value : blank)
  }
  return { path, text, code: code.join(''), comments: comments.join('') }
}

/** Where `pattern` occurs in `text`, as lines from 1. */
export function linesOf(text: string, pattern: RegExp): number[] {
  const lines: number[] = []
  for (const { index } of text.matchAll(pattern)) lines.push(lineAt(text, index))
  return lines
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

export function describe(violations: readonly Violation[]): string {
  const lines = violations.map(({ path, line, complaint }) => {
    return line === undefined ? `${path}: ${complaint}` : `${path}:${line}: ${complaint}`
  })
  return lines.length === 0 ? '' : `${lines.length} violations\n${lines.join('\n')}`
}

interface Piece {
  readonly kind: 'code' | 'comment' | 'literal'
  readonly value: string
}

const LITERAL = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y
/** What a template says up to its end or to its next expression. */
const TEMPLATE = /[`}](?:\\[^]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y

/** A slash behind one of these begins a regular expression; behind anything else it divides. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|of|in))\s*$/

/** Cuts a text into pieces. Not a parser: it knows literals, comments and nothing else. */
function* pieces(text: string): Generator<Piece> {
  /** For each template that we are in, the braces open in its current expression. */
  const braces: number[] = []
  let start = 0
  let at = 0
  while (at < text.length) {
    const isResumed = text[at] === '}' && braces.at(-1) === 0
    const piece = isResumed || text[at] === '`' ? template(text, at) : pieceAt(text, at)
    if (piece === undefined) {
      if (braces.length > 0 && text[at] === '{') braces[braces.length - 1]! += 1
      if (braces.length > 0 && text[at] === '}') braces[braces.length - 1]! -= 1
      at += 1
      continue
    }
    if (isResumed) braces.pop()
    if (piece.kind === 'literal' && piece.value.endsWith('${')) braces.push(0)
    if (at > start) yield { kind: 'code', value: text.slice(start, at) }
    yield piece
    at += piece.value.length
    start = at
  }
  if (at > start) yield { kind: 'code', value: text.slice(start, at) }
}

function template(text: string, at: number): Piece | undefined {
  return match(TEMPLATE, 'literal', text, at)
}

function pieceAt(text: string, at: number): Piece | undefined {
  const first = text[at]
  if (first === "'" || first === '"') return match(LITERAL, 'literal', text, at)
  if (first !== '/') return undefined
  const comment = match(COMMENT, 'comment', text, at)
  if (comment !== undefined) return comment
  const before = text.slice(Math.max(0, at - 40), at)
  return BEFORE_REGEX.test(before) ? match(REGEX, 'literal', text, at) : undefined
}

function match(pattern: RegExp, kind: Piece['kind'], text: string, at: number): Piece | undefined {
  pattern.lastIndex = at
  const [value] = pattern.exec(text) ?? []
  return value === undefined ? undefined : { kind, value }
}
