/** What a check of a log can find, and how it is said. */

/** `unproven`: what is here does not lead to the signed root, and does not say what would. */
type Fault = 'missing' | 'changed' | 'unproven'

/** Rows of which a log has one each. */
export type SingleRow = 'size' | 'checkpoint' | 'cosigned' | 'towards'

/** Ranges go from `from` up to, not including, `to`. */
export type Damage =
  | { readonly kind: 'entries'; readonly fault: Fault; readonly from: number; readonly to: number }
  | {
      readonly kind: 'tiles'
      readonly fault: Fault
      readonly level: number
      readonly from: number
      readonly to: number
    }
  /** Entries beyond the checkpoint that do not hold together, or were never signed. */
  | { readonly kind: 'tail'; readonly from: number; readonly to: number }
  | { readonly kind: SingleRow | 'anchor'; readonly says: string }
  /** Rows that belong to nothing, one behind the other. */
  | { readonly kind: 'stray'; readonly first: string; readonly rows: number }

/** Findings that are kept: neighbours are one, so that a disk full of holes is still told of. */
export const DAMAGES_MAX = 1_000

/** Everything that was found, bounded. */
export class Damages {
  readonly #found: Damage[] = []
  #more = 0

  get isNone(): boolean {
    return this.#found.length === 0
  }

  /** The first ones, in the order of the log. */
  get found(): readonly Damage[] {
    return this.#found
  }

  /** How many there are beyond those. */
  get more(): number {
    return this.#more
  }

  /** What continues the last finding becomes part of it. */
  add(damage: Damage): void {
    const last = this.#found.at(-1)
    const joined = last && this.#more === 0 ? joinedTo(last, damage) : undefined
    if (joined) this.#found[this.#found.length - 1] = joined
    else if (this.#found.length < DAMAGES_MAX) this.#found.push(damage)
    else this.#more += 1
  }
}

function joinedTo(last: Damage, next: Damage): Damage | undefined {
  if (last.kind === 'stray' && next.kind === 'stray') {
    return { ...last, rows: last.rows + next.rows }
  }
  const isRange = last.kind === 'entries' || last.kind === 'tiles'
  if (!isRange || (next.kind !== 'entries' && next.kind !== 'tiles')) return undefined
  const level = last.kind === 'tiles' ? last.level : undefined
  const isSame = next.kind === last.kind && next.fault === last.fault && next.from === last.to
  const isLevel = (next.kind === 'tiles' ? next.level : undefined) === level
  return isSame && isLevel ? { ...last, to: next.to } : undefined
}

/** One finding as a person reads it. */
export function describe(damage: Damage): string {
  switch (damage.kind) {
    case 'entries':
      return `${range('entry', 'entries', damage)} ${FAULTS[damage.fault]}`
    case 'tiles':
      return `${range('tile', 'tiles', damage)} of level ${damage.level} ${FAULTS[damage.fault]}`
    case 'tail':
      return `${range('entry', 'entries', damage)} beyond the checkpoint: not of its tree`
    case 'stray':
      return `${damage.rows} rows that belong to nothing, from ${damage.first} on`
    case 'size':
    case 'checkpoint':
    case 'cosigned':
    case 'towards':
    case 'anchor':
    default:
      return `${damage.kind}: ${damage.says}`
  }
}

const FAULTS: Readonly<Record<Fault, string>> = {
  missing: 'missing',
  changed: 'not what was signed',
  unproven: 'not proven by what is here',
}

function range(one: string, many: string, { from, to }: { from: number; to: number }): string {
  return to - from === 1 ? `${one} ${from}` : `${many} ${from} to ${to - 1}`
}
