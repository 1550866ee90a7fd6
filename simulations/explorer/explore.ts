/**
 * Looks at every state that a model can come to: breadth first, each state once, so that the first
 * state found wrong is one that takes the fewest steps to reach.
 */

export interface Step<S> {
  readonly name: string
  readonly state: S
}

export interface Model<S> {
  readonly starts: readonly S[]
  /** Every way in which it may go on; none where it is at an end. */
  readonly steps: (state: S) => readonly Step<S>[]
  /** The same for states that differ only by names that mean nothing, and for no others. */
  readonly keyOf: (state: S) => string
  /** Whether all is done there; if absent, where nothing can go on. */
  readonly isEnd?: (state: S) => boolean
  /** What is wrong with it; undefined if nothing is. */
  readonly check: (state: S, isEnd: boolean) => string | undefined
  /** What is wrong with going from one to the other. */
  readonly checkStep?: (before: S, after: S) => string | undefined
}

export interface Explored {
  readonly states: number
  readonly transitions: number
  /** Steps from a start to the state that is farthest from all of them. */
  readonly depth: number
  /** States at which all is done. */
  readonly ends: number
  readonly violation: Violation | undefined
}

export interface Violation {
  readonly what: string
  /** The steps that lead there from a start, as few as it takes. */
  readonly trace: readonly string[]
}

/** @throws RangeError when there are more states than `statesMax` */
export function explore<S>(model: Model<S>, statesMax: number): Explored {
  const known = new Map<string, number>()
  const parents: number[] = []
  const keys: string[] = []
  let [transitions, ends, depth] = [0, 0, 0]
  let layer: { number: number; state: S }[] = []
  const enter = (state: S, parent: number, next: typeof layer): void => {
    const key = model.keyOf(state)
    if (known.has(key)) return
    const number = keys.length
    if (number >= statesMax) throw new RangeError(`more than ${statesMax} states`)
    known.set(key, number)
    keys.push(key)
    parents.push(parent)
    next.push({ number, state })
  }
  const done = (violation?: Violation): Explored => {
    return { states: keys.length, transitions, depth, ends, violation }
  }
  for (const start of model.starts) enter(start, -1, layer)
  while (layer.length > 0) {
    const next: typeof layer = []
    for (const { number, state } of layer) {
      const steps = model.steps(state)
      transitions += steps.length
      const isEnd = model.isEnd?.(state) ?? steps.length === 0
      if (isEnd) ends += 1
      const what = model.check(state, isEnd)
      if (what) return done({ what, trace: traceTo(model, pathTo(number, parents, keys)) })
      for (const step of steps) {
        const wrong = model.checkStep?.(state, step.state)
        if (wrong) {
          const path = [...pathTo(number, parents, keys), model.keyOf(step.state)]
          return done({ what: wrong, trace: traceTo(model, path) })
        }
        enter(step.state, number, next)
      }
    }
    if (next.length > 0) depth += 1
    layer = next
  }
  return done()
}

function pathTo(state: number, parents: readonly number[], keys: readonly string[]): string[] {
  const path: string[] = []
  for (let at = state; at >= 0; at = parents[at]!) path.push(keys[at]!)
  return path.reverse()
}

/** Goes the way again, by one set of names. */
function traceTo<S>(model: Model<S>, [first, ...rest]: readonly string[]): string[] {
  let state = model.starts.find((start) => model.keyOf(start) === first) as S
  return rest.map((key) => {
    const step = model.steps(state).find((one) => model.keyOf(one.state) === key)!
    state = step.state
    return step.name
  })
}
