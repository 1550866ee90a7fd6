/**
 * What an auditor remarks: as codes for a program, and in one sentence each for a person. A
 * `finding` is what an honest register cannot show; `unchecked` is what could not be looked at; a
 * `note` is worth knowing and proves nothing against anybody. What each means stands in
 * docs/auditing.md.
 */
import { SHOWN_MAX } from './limits.ts'

export type Severity = 'finding' | 'unchecked' | 'note'

export const CODES = {
  unreadable: 'unchecked',
  roster: 'finding',
  checkpoint: 'finding',
  oversize: 'finding',
  bundle: 'finding',
  tile: 'finding',
  root: 'finding',
  'split-view': 'finding',
  'rolled-back': 'finding',
  equivocation: 'finding',
  'not-witnessed': 'unchecked',
  'not-safe': 'note',
  'forged-cosignature': 'note',
  entry: 'finding',
  genesis: 'finding',
  'counts-for-nothing': 'finding',
  batch: 'finding',
  records: 'finding',
  'records-missing': 'unchecked',
  'search-without-query': 'finding',
  'candidate-not-enrolled': 'finding',
  frontier: 'finding',
  after: 'finding',
  'not-destroyed': 'finding',
  'destroyed-without-act': 'finding',
  'not-compared': 'finding',
  dispute: 'finding',
  'clock-back': 'finding',
  'clock-step': 'note',
  'not-here-yet': 'note',
  'query-without-outcome': 'note',
  'searched-without-outcome': 'note',
} as const satisfies Record<string, Severity>

export type RemarkCode = keyof typeof CODES

export interface Remark {
  readonly code: RemarkCode
  readonly severity: Severity
  readonly log: string | undefined
  readonly index: number | undefined
  readonly message: string
}

/** Where something is wrong: in a log, at an entry, or neither. */
export interface Whereabouts {
  readonly log?: string
  readonly index?: number
  /** If it weighs otherwise here than it does by itself. */
  readonly severity?: Severity
}

export class Remarks {
  readonly #counts = new Map<RemarkCode, number>()
  readonly #shown: Remark[] = []
  readonly #severities = new Set<Severity>()

  add(code: RemarkCode, where: Whereabouts, message: string): void {
    const { log, index, severity = CODES[code] } = where
    const count = this.count(code) + 1
    this.#counts.set(code, count)
    this.#severities.add(severity)
    if (count <= SHOWN_MAX) this.#shown.push({ code, severity, log, index, message })
  }

  /** Those of each kind that came first, the gravest first. */
  get shown(): readonly Remark[] {
    return this.#shown.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity])
  }

  get counts(): ReadonlyMap<RemarkCode, number> {
    return this.#counts
  }

  count(code: RemarkCode): number {
    return this.#counts.get(code) ?? 0
  }

  /** `unchecked` where nothing was found, but not everything looked at. */
  get verdict(): 'good' | 'finding' | 'unchecked' {
    if (this.#severities.has('finding')) return 'finding'
    return this.#severities.has('unchecked') ? 'unchecked' : 'good'
  }
}

const ORDER: Record<Severity, number> = { finding: 0, unchecked: 1, note: 2 }
