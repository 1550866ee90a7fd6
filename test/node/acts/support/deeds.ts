/** Deeds at the nodes of a simulated register, signed by whoever is named, for a fitting reason. */
import { hashLeaf } from '../../../../crypto/hash.ts'
import type { DeedRequest, Recorded } from '../../../../node/acts/acts.ts'
import { signDeed, type DeedReasons } from '../../../../protocol/signed-deed.ts'
import type { Role } from '../../../../protocol/credential.ts'
import type { Deed, DeedType } from '../../../../protocol/deed.ts'
import type { Purpose } from '../../../../protocol/purpose.ts'
import type { LifeStatus } from '../../../../protocol/rules/eligibility.ts'
import type { OfficerKey } from '../../../../protocol/statement.ts'
import type { CapturedFinger } from '../../../../protocol/payload.ts'
import { Enrolling } from '../../enrol/support/enrolling.ts'

export type Signers = readonly (Role | OfficerKey)[]

export interface About extends Partial<DeedReasons>, Pick<DeedRequest, 'iin' | 'relatives'> {
  /** At which node, of the roster's order. */
  readonly place?: number
}

/** Purposes that are not those of an office that issues documents. */
const PURPOSES: Partial<Record<DeedType, Purpose>> = {
  death: 'civil-status',
  suspension: 'adjudication',
  reinstatement: 'adjudication',
  opinion: 'adjudication',
  'second-examiner': 'adjudication',
  'case-file': 'adjudication',
  'case-queue': 'adjudication',
  erasure: 'court-order',
  expiry: 'data-protection',
  watch: 'criminal-investigation',
  release: 'border-control',
  hold: 'criminal-investigation',
  policy: 'administration',
  breach: 'audit',
  alarms: 'audit',
  relatives: 'data-protection',
  'log-copy': 'audit',
  inspection: 'border-control',
  crossing: 'border-control',
  'certificate-revocation': 'administration',
}

export class Acting extends Enrolling {
  /** Does a deed, and waits until all nodes know. */
  async act(deed: Deed, by: Signers, about: About = {}): Promise<Recorded> {
    const { place = 0, ...rest } = about
    const recorded = await this.run(this.node(place).acts.record(this.deed(deed, by, rest)))
    await this.settle()
    return recorded
  }

  /** The same, signed and not yet handed to anybody. */
  deed(deed: Deed, by: Signers, { iin, relatives, ...said }: About = {}): DeedRequest {
    const reasons: DeedReasons = {
      network: this.register.roster.network,
      at: this.world.clock.now(),
      post: 'post-1',
      purpose: PURPOSES[deed.type] ?? 'document-issue',
      caseNumber: 'case 1',
      legalBasis: 'art. 11',
      handle: undefined,
      ...said,
    }
    const { officers } = this.register.officials
    const keys = by.map((one) => (typeof one === 'string' ? officers[one] : one))
    const hidden = relatives ? { iin, relatives } : { iin }
    return { ...signDeed(deed, reasons, keys), ...hidden }
  }

  /** How the person stands, at every node. */
  statuses(handle: Uint8Array): LifeStatus[] {
    return this.register.nodes().map(({ registry }) => registry.lives.life(handle).status)
  }

  /** Asks who it is at the first node: the case is that of the outcome. */
  async identified(fingers: readonly CapturedFinger[]): Promise<Uint8Array> {
    await this.found(fingers)
    const { stored, size } = this.node().ledger.own
    return hashLeaf(await this.run(stored.entry(size - 1)))
  }
}
