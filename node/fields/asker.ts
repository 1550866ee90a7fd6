/** What operators of stations that ask for others have to say, whatever these speak. */
import type { Purpose } from '../../protocol/purpose.ts'
import type { Application } from '../../protocol/rules/application.ts'
import type { OfficerKey } from '../../protocol/statement.ts'

/** As whom an action is done, and why. */
export interface ActionOfficer {
  readonly officer: OfficerKey
  readonly purpose: Purpose
}

/** What the operator certifies of everybody of whom nobody says it. */
export type Certified = Pick<
  Application,
  'born' | 'citizenship' | 'sex' | 'consent' | 'consentForm'
>
