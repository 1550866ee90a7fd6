import { formatSignatureLine, parseNote } from '../../crypto/note.ts'

/** A note with the lines of the key named `name` alone. @throws InvalidNote */
export function bareNote(note: string, name: string): string {
  const { text, signatures } = parseNote(note)
  const own = signatures.filter((line) => line.name === name)
  return `${text}\n${own.map((line) => formatSignatureLine(line)).join('')}`
}
