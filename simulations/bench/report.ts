/** How every bench says what it measured: a table for people, JSON for machines. */
import { writeFileSync } from 'node:fs'

export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same figure of the best peer that was measured alike. */
  readonly baseline?: number
  /** Value over baseline. */
  readonly ratio?: number
  /** In which the true value lies with 95 % confidence. */
  readonly interval?: { readonly low: number; readonly high: number }
}

/** Prints an aligned table and, with `--json <file>` in `argv`, writes the measurements there. */
export function report(
  title: string,
  measurements: readonly Measurement[],
  argv: readonly string[],
): void {
  const header = ['', 'value', 'unit', 'baseline', 'ratio']
  const rows = measurements.map(({ name, value, unit, baseline, ratio }) => [
    name,
    figure(value),
    unit,
    baseline === undefined ? '' : figure(baseline),
    ratio === undefined ? '' : figure(ratio),
  ])
  console.log(`\n${title}\n${table([header, ...rows])}`)
  const file = optionOf(argv, '--json')
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(measurements, undefined, 2)}\n`)
}

/** Columns of equal width: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) => widths.map((width, column) => aligned(row[column] ?? '', width, column)))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}

/** What follows `name` in `argv`, undefined where it is not there or nothing follows. */
export function optionOf(argv: readonly string[], name: string): string | undefined {
  const at = argv.indexOf(name)
  return at < 0 ? undefined : argv[at + 1]
}

function aligned(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}

/** Enough digits to tell runs apart, no more than a measurement has. */
function figure(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toPrecision(3)
}
