/**
 * The door: every statement of an officer passes here before a node does anything for it. What is
 * refused although it was properly signed is logged, so that whoever tries doors is seen.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import {
  authorise,
  authoriseDeed,
  checkFresh,
  openSigned,
  type Authorised,
  type AuthorisedDeed,
} from '../../protocol/authority.ts'
import type { Act } from '../../protocol/entry/act.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { payloadDigest } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Doing } from '../../protocol/rules/permissions.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import type { Clock } from '../clock.ts'
import { REFUSALS_LOGGED_MAX, REFUSALS_WINDOW_MS } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Registry } from './registry.ts'

interface AdmissionModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly clock: Clock
}

export class Admission {
  readonly #roster: Roster
  readonly #modules: AdmissionModules
  /** When refusals of an officer were logged, the latest last. */
  readonly #refused = new Map<string, number[]>()

  constructor({ roster }: { roster: Roster }, modules: AdmissionModules) {
    this.#roster = roster
    this.#modules = modules
  }

  /**
   * A question or an enrolment that its officer may ask here and now, about this payload: who has
   * found a statement in a log, and not what it is about, gets nobody into trouble with it.
   *
   * @throws RuleRefusal, logged; TamgaError `bad-signature`, `forbidden`, `malformed`,
   *   `unprocessable`: a statement about another payload
   */
  async question(signed: SignedStatement, payload: Uint8Array): Promise<Authorised> {
    const { payloadDigest: digest } = openSigned(signed, this.#roster).statement
    if (!digest || !equalBytes(digest, payloadDigest(payload))) {
      throw new TamgaError('unprocessable', 'the statement is about another payload')
    }
    return this.#admit([signed], () => {
      const authorised = authorise(signed, this.#roster)
      const { action } = authorised.statement
      if (action !== 'record') this.#check(signed, authorised, action)
      return authorised
    })
  }

  /**
   * The same of a deed, and of everybody who signed it. A deed stands in the log in the clear, so
   * it is good once: whoever finds it there and asks again is told nothing.
   */
  async deed(act: Pick<Act, 'deed' | 'signatures'>): Promise<AuthorisedDeed> {
    const authorised = await this.#admit(act.signatures, () => authoriseDeed(act, this.#roster))
    const { deed, by } = authorised
    const { conduct } = this.#modules.registry
    if (by.some(({ grant, statement }) => conduct.hasSeen(grant, statement))) {
      throw new RuleRefusal('conflict', ['statement-used'], 'this deed has been asked for before')
    }
    for (const [place, each] of by.entries()) {
      const signed = act.signatures[place]!
      await this.#admit([signed], () => this.#check(signed, each, deed.type))
    }
    return authorised
  }

  /**
   * A deed that stands in the log of another node, which has let it pass: asked of this one for the
   * officer, however often.
   *
   * @throws RuleRefusal; TamgaError `bad-signature`, `forbidden`, `malformed`, `unprocessable`
   */
  shown(act: Pick<Act, 'deed' | 'signatures'>): AuthorisedDeed {
    const { registry, clock } = this.#modules
    const authorised = authoriseDeed(act, this.#roster)
    for (const [place, { statement }] of authorised.by.entries()) {
      checkFresh(statement, clock.now())
      registry.credentials.check(act.signatures[place]!, statement.at)
    }
    return authorised
  }

  #check(signed: SignedStatement, { statement, grant }: Authorised, doing: Doing): void {
    const { registry, clock } = this.#modules
    const now = clock.now()
    checkFresh(statement, now)
    registry.credentials.check(signed, statement.at)
    const reason = registry.conduct.check(grant, statement, doing, now)
    if (!reason) return
    throw new RuleRefusal('overloaded', [reason], `${grant.name} has asked too often: ${doing}`)
  }

  async #admit<T>(signatures: readonly SignedStatement[], admit: () => T): Promise<T> {
    try {
      return admit()
    } catch (error) {
      if (error instanceof RuleRefusal) {
        for (const signed of signatures) await this.#log(signed, error)
      }
      throw error
    }
  }

  /**
   * Only what its officer really signed, lately and for the first time: nobody is to be blackened
   * by what others made up, or found in a log.
   */
  async #log(signed: SignedStatement, { reasons }: RuleRefusal): Promise<void> {
    const { ledger, registry, clock } = this.#modules
    const now = clock.now()
    try {
      const { statement, grant } = openSigned(signed, this.#roster)
      checkFresh(statement, now)
      if (registry.conduct.hasSeen(grant, statement)) return
    } catch {
      return
    }
    const officer = toHex(signed.officer)
    const recent = (this.#refused.get(officer) ?? []).filter((at) => now - at < REFUSALS_WINDOW_MS)
    if (recent.length >= REFUSALS_LOGGED_MAX) return
    this.#refused.set(officer, [...recent, now])
    const { statement, signature, credential } = signed
    const at = ledger.now()
    const entry = { type: 'refused' as const, at, reason: reasons[0]!, statement, signature }
    await ledger.own.append(encodeEntry({ ...entry, officer: signed.officer, credential }))
  }
}
