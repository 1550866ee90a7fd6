/** How long a file, a function and a line may be. */
import type { Source, Violation } from './source.ts'

const FILE_LINES_MAX = 400
/** Opening and closing line of the body included. */
const FUNCTION_LINES_MAX = 69
const COLUMNS_MAX = 100

export function sizeViolations(source: Source): Violation[] {
  return [...longFile(source), ...longLines(source), ...longFunctions(source)]
}

function longFile({ path, text }: Source): Violation[] {
  const count = text.trimEnd().split('\n').length
  if (count <= FILE_LINES_MAX) return []
  return [{ path, complaint: `${count} lines; ${FILE_LINES_MAX} is the limit` }]
}

function longLines({ path, text }: Source): Violation[] {
  return text.split('\n').flatMap((line, place) => {
    const { length } = Array.from(line)
    if (length <= COLUMNS_MAX) return []
    return [{ path, line: place + 1, complaint: `${length} columns; ${COLUMNS_MAX} is the limit` }]
  })
}

/**
 * Bodies by indentation, which the formatter guarantees: a body opens with the brace that ends a
 * line, and closes with the brace that begins the next line of the same indentation. Arrow
 * functions that are one expression have no braces, and are not measured.
 */
function longFunctions({ path, code }: Source): Violation[] {
  const lines = code.split('\n')
  return lines.flatMap((line, start) => {
    if (!opensBody(line)) return []
    const indent = /^ */.exec(line)![0]
    const length = lines.slice(start + 1).findIndex((other) => other.startsWith(`${indent}}`)) + 2
    if (length <= FUNCTION_LINES_MAX) return []
    const complaint = `a function of ${length} lines; fewer than ${FUNCTION_LINES_MAX + 1} may be`
    return [{ path, line: start + 1, complaint }]
  })
}

/** Blocks that are no function; what is too long in one is too long in the function around it. */
const CONTROL = /^\s*(?:\} *)?(?:if|else|for|while|do|switch|try|catch|finally|class|interface)\b/

/** Behind parameters, or behind parameters and the type that is returned. */
const BEHIND_PARAMETERS = /\)(?:\s*:\s*[^;]*[^;\s(,=[:?&|])?$/

function opensBody(line: string): boolean {
  if (!line.trimEnd().endsWith('{') || CONTROL.test(line)) return false
  const head = line.trimEnd().slice(0, -1).trimEnd()
  // The last is a returned type of several lines: `}` closes it, `{` opens the body.
  return head.endsWith('=>') || BEHIND_PARAMETERS.test(head) || /^\s*\}$/.test(head)
}
