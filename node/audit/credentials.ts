/**
 * Who holds a credential, as all logs together say: what was granted, what was revoked since when.
 *
 * A credential proves itself against the roster; here is only what the logs add. Nothing depends on
 * the order in which they are folded: of several revocations of a key the earliest counts.
 */
import { compareBytes, toHex } from '../../crypto/bytes.ts'
import type { Authorised } from '../../protocol/authority.ts'
import {
  openGrant,
  openRevocation,
  signatoryOf,
  type Grant,
  type Revocation,
} from '../../protocol/credential.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import type { SignedStatement } from '../../protocol/statement.ts'
import type { Folded } from './folded.ts'

/** From when on an officer's signatures say nothing; who it is as `signatoryOf` has it. */
export interface Revoked {
  readonly signatory: string
  readonly from: number
}

interface Officer {
  readonly grant: Grant
  readonly credential: Uint8Array
}

export interface CredentialsOptions {
  readonly roster: Roster
  /** Whether all logs have come, once at least: what none has is unknown then; true if absent. */
  readonly areLogsHere?: () => boolean
}

export class Credentials {
  readonly #roster: Roster
  readonly #areLogsHere: () => boolean
  /** By the credential's own bytes: a statement that carries others carries no credential. */
  readonly #granted = new Map<string, Grant>()
  readonly #revoked = new Map<string, number>()
  /** Officers by their own record in the register, each with the credential that began last. */
  readonly #officers = new Map<string, Officer>()

  constructor({ roster, areLogsHere = () => true }: CredentialsOptions) {
    this.#roster = roster
    this.#areLogsHere = areLogsHere
  }

  /** What the entry ends, if it does. @throws TamgaError when no organisation signed it */
  take({ entry }: Folded): Revoked | undefined {
    if (entry.type === 'revocation') {
      const revocation = openRevocation(entry.revocation, this.#roster)
      return this.#revoke(signatoryOf(revocation), revocation.from)
    }
    if (entry.type !== 'grant') return undefined
    const grant = openGrant(entry.credential, this.#roster)
    this.#granted.set(toHex(entry.credential), grant)
    if (grant.handle)
      this.#noteOfficer(toHex(grant.handle), { grant, credential: entry.credential })
    const { organisation, replaces, from } = grant
    return replaces && this.#revoke(signatoryOf({ organisation, publicKey: replaces }), from)
  }

  /**
   * To be asked before anything is done for a statement signed at `at`.
   *
   * @throws RuleRefusal `forbidden`: `credential-unknown` or `credential-revoked`; TamgaError
   *   `not-ready`: it may stand in a log that is still on its way
   */
  check({ credential }: SignedStatement, at: number): void {
    const grant = this.#granted.get(toHex(credential))
    if (!grant) {
      const message = 'the credential stands in no log that has arrived here'
      if (!this.#areLogsHere()) throw new TamgaError('not-ready', message)
      throw new RuleRefusal('forbidden', ['credential-unknown'], message)
    }
    const from = this.#revoked.get(signatoryOf(grant))
    if (from === undefined || at < from) return
    throw new RuleRefusal('forbidden', ['credential-revoked'], 'the credential has been revoked')
  }

  isKnown(credential: Uint8Array): boolean {
    return this.#granted.has(toHex(credential))
  }

  /** Whether all that the revocation says is known already. */
  isEnded({ from, ...officer }: Revocation): boolean {
    return (this.#revoked.get(signatoryOf(officer)) ?? Infinity) <= from
  }

  /** Whether none of those who signed had lost their credential by then. */
  areSound(by: readonly Authorised[]): boolean {
    return by.every(({ grant, statement }) => {
      return statement.at < (this.#revoked.get(signatoryOf(grant)) ?? Infinity)
    })
  }

  /** The officer whose own record this is. */
  officerOf(handle: Uint8Array): Grant | undefined {
    return this.#officers.get(toHex(handle))?.grant
  }

  #noteOfficer(handle: string, officer: Officer): void {
    const known = this.#officers.get(handle)
    if (!known || follows(officer, known)) this.#officers.set(handle, officer)
  }

  #revoke(signatory: string, from: number): Revoked {
    const since = Math.min(from, this.#revoked.get(signatory) ?? from)
    this.#revoked.set(signatory, since)
    return { signatory, from: since }
  }
}

function follows(a: Officer, b: Officer): boolean {
  const [from, other] = [a.grant.from, b.grant.from]
  return from === other ? compareBytes(a.credential, b.credential) > 0 : from > other
}
