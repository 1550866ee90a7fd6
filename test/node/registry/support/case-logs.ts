/** Logs of a few regions with enrolments, questions and opinions, as the fold hands them on. */
import { equalBytes, toHex, utf8 } from '../../../../crypto/bytes.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { Cases } from '../../../../node/registry/cases.ts'
import type { Folded } from '../../../../node/audit/folded.ts'
import { Lives } from '../../../../node/audit/lives.ts'
import type { Authorised } from '../../../../protocol/authority.ts'
import type { Role } from '../../../../protocol/credential.ts'
import type { Deed, Finding } from '../../../../protocol/deed.ts'
import type { Entry } from '../../../../protocol/entry/entry.ts'
import type { PartCandidate } from '../../../../protocol/part.ts'
import type { AgeBand, Sex } from '../../../../protocol/rules/application.ts'
import type { Action, SignedStatement } from '../../../../protocol/statement.ts'

export const THRESHOLD = 40

const NOTHING = new Uint8Array()

interface Asked {
  readonly at?: number
  /** Whom the search names, by score descending. */
  readonly named?: readonly string[]
}

interface Enrolling extends Asked {
  readonly action?: 'enrol' | 'update'
  readonly sex?: Sex
  readonly ageBand?: AgeBand
}

/** What an officer does in a case: one whose name begins with X is a forensic examiner. */
interface Said {
  readonly at?: number
  /** In whose log. */
  readonly log?: string
  /** What the node knew to be before it; the last act unless given. */
  readonly after?: Uint8Array
  readonly signedAt?: number
}

export class CaseLogs {
  readonly #logs = new Map<string, Folded[]>()
  /** Where everybody is found, by name. */
  readonly #people = new Map<string, { log: string; index: number }>()
  /** The last of each life, by its handle, and of each case about nobody, by its id. */
  readonly #tips = new Map<string, Uint8Array>()
  #leaves = 0

  /** Every log, each in its order. */
  get logs(): Folded[][] {
    return [...this.#logs.values()]
  }

  enrol(log: string, person: string, options: Enrolling = {}): Folded {
    const { at = 1, action = 'enrol', named = [], sex = 'female', ageBand = '18-29' } = options
    const handle = handleOf(person)
    const candidates = this.#candidates(named)
    const by = [officer('registrar', 'enrolment-officer', action, handle)]
    const queryId = this.#search(log, { at, candidates, by }).queryId
    const taken = { policy: 'test', verdict: 'mandatory', citizenship: 'citizen' } as const
    const entry: Entry = {
      type: 'enrolment',
      at,
      handle,
      shard: 0,
      commitment: NOTHING,
      taken: { ...taken, sex, ageBand },
      after: this.#tips.get(toHex(handle)),
      ...this.#signed(),
      duplicateCheck: queryId,
      frontier: [],
      receipts: [],
    }
    const duplicates = candidates.filter((candidate) => !equalBytes(candidate.handle, handle))
    const search = { threshold: THRESHOLD, candidates }
    const folded = this.#append(log, { entry, by, search, duplicates })
    this.#people.set(person, { log, index: folded.index })
    this.#tips.set(toHex(handle), folded.leaf)
    return folded
  }

  /** The outcome of asking who somebody is. */
  ask(log: string, { at = 1, named = [] }: Asked, action: Action = 'identify'): Folded {
    const by = [officer('guard', 'border-officer', action, undefined)]
    return this.#search(log, { at, candidates: this.#candidates(named), by }).outcome
  }

  say(who: string, about: Folded, candidate: string, finding: Finding, said: Said = {}): Folded {
    const deed = { type: 'opinion', finding, reason: `${who} has looked` } as const
    return this.act(who, about, { ...deed, case: about.leaf, candidate: handleOf(candidate) }, said)
  }

  wantSecond(who: string, about: Folded, said: Said = {}): Folded {
    return this.act(who, about, { type: 'second-examiner', case: about.leaf }, said)
  }

  /** A deed about the person whose enrolment, or in the case whose outcome, is given. */
  act(
    who: string,
    about: Folded,
    deed: Deed,
    { at = 2, log = 'almaty', after, signedAt = at }: Said = {},
  ): Folded {
    const subject = about.entry.type === 'enrolment' ? about.entry.handle : undefined
    const chain = toHex(subject ?? about.leaf)
    const before = after ?? this.#tips.get(chain) ?? about.leaf
    const encoded = { deed: NOTHING, signatures: [this.#signed()], policy: 'test' }
    const entry: Entry = { type: 'act', at, ...encoded, subject, after: before }
    const role = who.startsWith('X') ? 'forensic-examiner' : 'adjudicator'
    const { statement, grant } = officer(who, role, 'record', subject)
    const by = [{ statement: { ...statement, at: signedAt }, grant }]
    const folded = this.#append(log, { entry, by, deed })
    this.#tips.set(chain, folded.leaf)
    return folded
  }

  /** A statement for the next entry, and for no other. */
  #signed(): SignedStatement {
    return { ...UNSIGNED, statement: utf8(`statement ${this.#leaves}`) }
  }

  #search(
    log: string,
    { at, candidates, by }: Pick<Folded, 'by'> & { at: number; candidates: PartCandidate[] },
  ): { queryId: Uint8Array; outcome: Folded } {
    const queryId = handleOf(`query ${this.#leaves}`)
    const limits = { threshold: THRESHOLD, limit: 10, frontier: [] }
    const query: Entry = { type: 'query', at, queryId, ...UNSIGNED, ...limits }
    const { leaf } = this.#append(log, { entry: query, by })
    const verdict = candidates.length > 0 ? 'hit' : 'no-hit'
    const entry: Entry = { type: 'outcome', at, queryId, query: leaf, verdict, candidates }
    const search = { threshold: THRESHOLD, candidates }
    return { queryId, outcome: this.#append(log, { entry, by, search }) }
  }

  #candidates(named: readonly string[]): PartCandidate[] {
    return named.map((person, rank) => {
      const score = THRESHOLD + 20 - rank
      const fingers = [{ position: 2, score }]
      return { handle: handleOf(person), shard: 0, score, fingers, ...this.#people.get(person)! }
    })
  }

  #append(log: string, said: Pick<Folded, 'entry' | 'by'> & Partial<Folded>): Folded {
    const entries = this.#logs.get(log) ?? []
    this.#logs.set(log, entries)
    this.#leaves += 1
    const leaf = sha256(utf8(`leaf ${this.#leaves}`))
    const joined = { deed: undefined, search: undefined, duplicates: [] }
    const folded = { log, index: entries.length, leaf, ...joined, ...said }
    entries.push(folded)
    return folded
  }
}

const UNSIGNED = { statement: NOTHING, officer: NOTHING, signature: NOTHING, credential: NOTHING }

/** What a node knows that has folded these, in this order. */
export function casesOf(entries: readonly Folded[]): Cases {
  const lives = new Lives()
  const cases = new Cases({ lives })
  for (const folded of entries) {
    lives.take(folded)
    cases.take(folded)
  }
  return cases
}

export function handleOf(person: string): Uint8Array {
  return sha256(utf8(person)).subarray(0, 16)
}

export function keyOf(name: string): Uint8Array {
  return sha256(utf8(`key of ${name}`))
}

function officer(
  name: string,
  role: Role,
  action: Action,
  handle: Uint8Array | undefined,
): Authorised {
  const why = { purpose: 'adjudication', caseNumber: '1', legalBasis: 'test' }
  const digests = { payloadDigest: undefined, deedDigest: undefined }
  const term = { from: 0, until: Number.MAX_SAFE_INTEGER }
  const network = 'test.registry.kz'
  const who = { organisation: 'ministry', name, role, region: 'almaty', publicKey: keyOf(name) }
  return {
    statement: { network, action, post: 'post', ...why, at: 1, handle, ...digests },
    grant: { network, ...who, handle: undefined, ...term, replaces: undefined },
  }
}
