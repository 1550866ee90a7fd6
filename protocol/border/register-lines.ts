/** What the register says of a traveller, in the lines that only a node can fill. */
import { equalBytes } from '../../crypto/bytes.ts'
import type { Answer } from '../answer.ts'
import type { Deed } from '../deed.ts'
import type { LifeStatus } from '../rules/eligibility.ts'
import { found, passed, type Inspected, type InspectedReason } from './check.ts'

/** How the person stands whom the traveller is said to be. */
export interface Standing {
  readonly status: LifeStatus
  readonly watch: Extract<Deed, { type: 'watch' }>['cause'] | undefined
}

/** What of an answer decides: it is checked by whoever hands it over. */
export type Asked = Pick<Answer, 'verdict' | 'candidates'>

/** Why a question has no answer. */
export type Unanswered = Extract<InspectedReason, 'not-asked' | 'no-answer' | 'no-prints'>

export interface RegisterSays {
  /** Whose record it would be; undefined where nobody is named. */
  readonly handle: Uint8Array | undefined
  /** Undefined where nobody is named, or no node was reached. */
  readonly standing: Standing | undefined
  readonly verified: Asked | Unanswered
  readonly searched: Asked | Unanswered
}

const GONE: readonly LifeStatus[] = ['deceased', 'expired', 'erased']
const HELD: readonly LifeStatus[] = ['provisional', 'confirmed', 'documented', 'updated']

export function registerLines(says: RegisterSays): readonly Inspected[] {
  return [verifiedLine(says), documentLine(says), watchLine(says), searchedLine(says)]
}

function verifiedLine({ handle, standing, verified }: RegisterSays): Inspected {
  const name = 'live-to-register'
  if (!handle) return found(name, 'undetermined', 'nobody-named')
  if (typeof verified === 'string') {
    return found(name, verified === 'no-prints' ? 'aborted' : 'undetermined', verified)
  }
  if (verified.verdict === 'incomplete') return found(name, 'undetermined', 'no-answer')
  if (verified.verdict === 'hit') return passed(name)
  const isThere = standing && (standing.status === 'suspended' || HELD.includes(standing.status))
  return isThere
    ? found(name, 'failed', 'score-below')
    : found(name, 'undetermined', 'not-enrolled')
}

function documentLine({ handle, standing }: RegisterSays): Inspected {
  const name = 'document-status'
  if (!handle) return found(name, 'undetermined', 'nobody-named')
  if (!standing) return found(name, 'undetermined', 'no-answer')
  const { status, watch } = standing
  if (watch === 'document-reported') return found(name, 'failed', watch)
  if (status === 'suspended') return found(name, 'failed', status)
  if (GONE.includes(status)) return found(name, 'failed', 'deceased', status)
  if (!HELD.includes(status)) return found(name, 'undetermined', 'not-enrolled', status)
  return passed(name)
}

function watchLine({ handle, standing }: RegisterSays): Inspected {
  const name = 'watch-list'
  if (!handle) return found(name, 'undetermined', 'nobody-named')
  if (!standing) return found(name, 'undetermined', 'no-answer')
  const { watch } = standing
  // A document that was reported has its own line: its holder may have lost it.
  if (watch === undefined || watch === 'document-reported') return passed(name)
  return found(name, 'failed', 'watched', watch)
}

/**
 * Who it is among everybody: nobody but the one who is named. That somebody is not found who is in
 * the register is no finding against them: the verification says what there is to say.
 */
function searchedLine({ handle, searched }: RegisterSays): Inspected {
  const name = 'search'
  if (typeof searched === 'string') {
    return found(name, searched === 'no-prints' ? 'aborted' : 'undetermined', searched)
  }
  const isOther = (one: Uint8Array): boolean => !handle || !equalBytes(one, handle)
  if (searched.candidates.some((candidate) => isOther(candidate.handle))) {
    return found(name, 'failed', 'somebody-else')
  }
  return searched.verdict === 'incomplete' ? found(name, 'undetermined', 'no-answer') : passed(name)
}
