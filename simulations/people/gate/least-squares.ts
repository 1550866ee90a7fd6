/**
 * Linear least squares with a pull towards zero: ridge regression, A. Hoerl, R. Kennard,
 * Technometrics 12(1), 1970.
 */

/** The `x` for which Σ (row · x - wanted)² + Σ pull·x² is least. */
export function leastSquares(
  rows: readonly (readonly number[])[],
  wanted: readonly number[],
  pulls: readonly number[],
): number[] {
  const matrix = pulls.map((pull, i) =>
    pulls.map((_, j) => sum(rows.map((row) => row[i]! * row[j]!)) + (i === j ? pull : 0)),
  )
  return solve(
    matrix,
    pulls.map((_, i) => sum(rows.map((row, at) => row[i]! * wanted[at]!))),
  )
}

/** By elimination without pivots: with positive pulls the matrix is positive definite. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at]!])
  for (const [at, pivot] of rows.entries()) {
    for (const [other, row] of rows.entries()) {
      if (other === at) continue
      const factor = row[at]! / pivot[at]!
      for (let column = at; column < row.length; column += 1) {
        row[column]! -= factor * pivot[column]!
      }
    }
  }
  return rows.map((row, at) => row.at(-1)! / row[at]!)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
