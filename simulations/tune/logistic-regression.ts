/** Logistic regression by Newton's method: few features, tens of thousands of examples. */

/** What was seen of two fingers, and whether they are one. */
export interface Example {
  readonly features: readonly number[]
  readonly isOne: boolean
}

/** Steps; on data that can be told apart at all it takes about ten. */
const STEPS_MAX = 50

/** Where no coefficient of a feature of spread 1 moves by more, it has arrived. */
const STEP_MIN = 1e-10

/** Keeps a feature that says nothing from running away. */
const RIDGE = 1e-3

/**
 * Coefficients by feature and last the intercept: natural logarithms of odds, as likely before as
 * examples of either kind are among these.
 *
 * @throws RangeError where there are no examples of both kinds
 */
export function logisticRegression(examples: readonly Example[]): number[] {
  const ones = examples.filter(({ isOne }) => isOne).length
  if (ones === 0 || ones === examples.length) throw new RangeError('examples of one kind only')
  const count = examples[0]!.features.length
  const spreads = Array.from({ length: count }, (_, at) => spreadOf(examples, at))
  const rows = examples.map(({ features }) => {
    return [...features.map((value, at) => (value - spreads[at]!.mean) / spreads[at]!.deviation), 1]
  })
  const scaled = newton(
    rows,
    examples.map(({ isOne }) => (isOne ? 1 : 0)),
  )
  const weights = spreads.map(({ deviation }, at) => scaled[at]! / deviation)
  const shift = weights.reduce((sum, weight, at) => sum + weight * spreads[at]!.mean, 0)
  return [...weights, scaled[count]! - shift]
}

function newton(rows: readonly (readonly number[])[], wanted: readonly number[]): number[] {
  const size = rows[0]!.length
  const weights = Array.from({ length: size }, () => 0)
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const gradient = weights.map((weight) => RIDGE * weight)
    const curvature = weights.map((_, at) => weights.map((__, to) => (at === to ? RIDGE : 0)))
    for (const [index, row] of rows.entries()) {
      const odds = row.reduce((sum, value, at) => sum + value * weights[at]!, 0)
      const likely = 1 / (1 + Math.exp(-odds))
      for (let at = 0; at < size; at += 1) {
        gradient[at]! += (likely - wanted[index]!) * row[at]!
        for (let to = 0; to < size; to += 1) {
          curvature[at]![to]! += likely * (1 - likely) * row[at]! * row[to]!
        }
      }
    }
    const move = solve(curvature, gradient)
    for (let at = 0; at < size; at += 1) weights[at]! -= move[at]!
    if (Math.max(...move.map(Math.abs)) < STEP_MIN) break
  }
  return weights
}

/** Gauss with pivots; the matrix is used up. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const values = [...right]
  const size = values.length
  for (let column = 0; column < size; column += 1) {
    const below = matrix.slice(column).map((row) => Math.abs(row[column]!))
    const pivot = column + below.indexOf(Math.max(...below))
    ;[matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!]
    ;[values[column], values[pivot]] = [values[pivot]!, values[column]!]
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue
      const factor = matrix[row]![column]! / matrix[column]![column]!
      for (let at = column; at < size; at += 1) matrix[row]![at]! -= factor * matrix[column]![at]!
      values[row]! -= factor * values[column]!
    }
  }
  return values.map((value, at) => value / matrix[at]![at]!)
}

function spreadOf(examples: readonly Example[], at: number): { mean: number; deviation: number } {
  const mean = examples.reduce((sum, { features }) => sum + features[at]!, 0) / examples.length
  const square = examples.reduce((sum, { features }) => sum + (features[at]! - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(square / examples.length) || 1 }
}
