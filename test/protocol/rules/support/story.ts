/** Lives as they are told: what happened to one person, event by event. */
import fc from 'fast-check'
import { utf8 } from '../../../../crypto/bytes.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { ROLES, type Role } from '../../../../protocol/credential.ts'
import {
  ERASURE_GROUNDS,
  FINDINGS,
  REINSTATEMENT_CAUSES,
  SUSPENSION_CAUSES,
} from '../../../../protocol/deed.ts'
import { DOCUMENTS } from '../../../../protocol/rules/eligibility.ts'
import type { LifeEvent, LifeSigner } from '../../../../protocol/rules/life-event.ts'
import type { Taken } from '../../../../protocol/taken.ts'

/** 2026-01-01 in Kazakhstan; the days of a story are counted from it. */
export const NEW_YEAR = Date.UTC(2025, 11, 31, 19)
export const DAY_MS = 86_400_000

export type What = LifeEvent['what']

export const TAKEN: Taken = {
  policy: 'law',
  verdict: 'mandatory',
  citizenship: 'citizen',
  sex: 'female',
  ageBand: '30-44',
}

export function leafOf(name: string): Uint8Array {
  return sha256(utf8(`leaf ${name}`))
}

export function handleOf(person: string): Uint8Array {
  return sha256(utf8(`person ${person}`)).subarray(0, 16)
}

export function referenceOf(name: string): Uint8Array {
  return sha256(utf8(`document ${name}`)).subarray(0, 16)
}

export function signer(name = 'aigerim', role: Role = 'enrolment-officer'): LifeSigner {
  const key = sha256(utf8(`key of ${name}`))
  const why = { purpose: 'document-issue', legalBasis: 'Law 40-VI, article 10' }
  return { key, signedAt: 0, organisation: 'ministry', name, role, ...why }
}

/** The search has named these people; the record is compared. */
export function enrolment(...named: readonly string[]): What {
  return { type: 'enrolment', duplicates: named.map(handleOf), isCompared: true, taken: TAKEN }
}

export function update(...named: readonly string[]): What {
  const taken = { ...TAKEN, sex: 'male' } as const
  return { type: 'update', duplicates: named.map(handleOf), isCompared: true, taken }
}

export function document(reference: string): What {
  return { type: 'document', document: 'passport', reference: referenceOf(reference) }
}

/** About the case that the event of this name has opened. */
export function opinion(
  opened: string,
  finding: (typeof FINDINGS)[number],
  candidate = 'other',
): What {
  const about = { case: leafOf(opened), candidate: handleOf(candidate) }
  return { type: 'opinion', ...about, finding, reason: 'ridges compared' }
}

export const REFUSAL: What = { type: 'refusal', fine: 50 }
export const CONFIRMATION: What = { type: 'confirmation' }
export const DEATH: What = { type: 'death' }
export const EXPIRY: What = { type: 'expiry' }
export const HELD: What = { type: 'suspension', cause: 'credential' }
export const BARRED: What = { type: 'suspension', cause: 'court-order' }
export const CLEARED: What = { type: 'reinstatement', cause: 'cleared' }
export const ORDERED: What = { type: 'reinstatement', cause: 'court-order' }
export const ERASURE: What = { type: 'erasure', ground: 'court-order' }
export const EXEMPT: What = { type: 'exemption', cause: 'no-fingers', until: undefined }
export const POSTPONED: What = { type: 'postponement', cause: 'injured', until: '2027-01-01' }
/** Over on the second day of the story, which is when the next thing happens. */
export const LAPSING: What = { type: 'postponement', cause: 'injured', until: '2026-01-01' }

/** What happened, each with what is not as `told` has it. */
export type Story = readonly (What | [What, Partial<LifeEvent>])[]

/** One after the other, a day each; the first is called `0`. */
export function told(...whats: Story): LifeEvent[] {
  return whats.map((said, place) => {
    const [what, otherwise] = Array.isArray(said) ? said : [said, {}]
    return {
      leaf: leafOf(`${place}`),
      after: place === 0 ? undefined : leafOf(`${place - 1}`),
      at: NEW_YEAR + place * DAY_MS,
      said: `statement ${place}`,
      policy: `law ${place}`,
      by: [signer()],
      what,
      revokedAt: undefined,
      ...otherwise,
    }
  })
}

/** Anything that can be said of a person, legal or not; few names, so that they meet. */
const whats: fc.Arbitrary<What> = fc.oneof(
  { weight: 3, arbitrary: prints() },
  { weight: 3, arbitrary: fc.constant<What>({ type: 'confirmation' }) },
  fc.record({ type: fc.constant('refusal' as const), fine: fc.nat(50) }),
  fc.record({
    type: fc.constant('postponement' as const),
    cause: fc.constant('injured' as const),
    until: fc.constantFrom('2026-01-03', '2026-01-09', '2027-01-01'),
  }),
  fc.record({
    type: fc.constant('exemption' as const),
    cause: fc.constant('under-age' as const),
    until: fc.constantFrom('2026-01-05', undefined),
  }),
  fc.record({
    type: fc.constant('document' as const),
    document: fc.constantFrom(...DOCUMENTS),
    reference: fc.constantFrom('a', 'b', 'c', 'd').map(referenceOf),
  }),
  fc.record({
    type: fc.constant('suspension' as const),
    cause: fc.constantFrom(...SUSPENSION_CAUSES),
  }),
  fc.record({
    type: fc.constant('reinstatement' as const),
    cause: fc.constantFrom(...REINSTATEMENT_CAUSES),
  }),
  { weight: 3, arbitrary: opinions() },
  fc.record({
    type: fc.constant('second-examiner' as const),
    case: fc.nat(5).map((place) => leafOf(`${place}`)),
  }),
  fc.constantFrom<What>({ type: 'death' }, { type: 'expiry' }),
  fc.record({
    type: fc.constant('erasure' as const),
    ground: fc.constantFrom(...ERASURE_GROUNDS),
  }),
)

function prints(): fc.Arbitrary<What> {
  return fc.record({
    type: fc.constantFrom('enrolment' as const, 'update' as const),
    duplicates: fc.subarray([handleOf('other'), handleOf('third')]),
    isCompared: fc.boolean(),
    taken: fc.constant(TAKEN),
  })
}

function opinions(): fc.Arbitrary<What> {
  return fc.record({
    type: fc.constant('opinion' as const),
    case: fc.nat(5).map((place) => leafOf(`${place}`)),
    candidate: fc.constantFrom('other', 'third').map(handleOf),
    finding: fc.constantFrom(...FINDINGS),
    reason: fc.constant('ridges compared'),
  })
}

const signers: fc.Arbitrary<LifeSigner> = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...ROLES), fc.nat(20))
  .map(([name, role, day]) => ({ ...signer(name, role), signedAt: NEW_YEAR + day * DAY_MS }))

/** What happened in turn. */
export const chains: fc.Arbitrary<LifeEvent[]> = fc
  .array(fc.tuple(whats, fc.nat(2), signers), { maxLength: 24 })
  .map((said) => {
    let at = NEW_YEAR
    return told(
      ...said.map(([what, days, by]): [What, Partial<LifeEvent>] => {
        at += days * DAY_MS
        return [what, { at, by: [by] }]
      }),
    )
  })

/**
 * What happened at nodes that did not always know of each other, with clocks that are wrong; some
 * write again what others have signed.
 */
export const forked: fc.Arbitrary<LifeEvent[]> = fc
  .array(fc.tuple(whats, fc.nat(12), fc.nat(3), signers, fc.nat(47)), { maxLength: 16 })
  .map((said) => {
    const events = told(
      ...said.map(([what, day, back, by], place): [What, Partial<LifeEvent>] => {
        const before = place - 1 - back
        const after = before < 0 ? undefined : leafOf(`${before}`)
        return [what, { at: NEW_YEAR + day * DAY_MS, after, by: [by] }]
      }),
    )
    return events.map((event, place) => {
      const signed = events[said[place]![4]]
      return signed ? replayOf(signed, event) : event
    })
  })

/** What was signed for the one, in the place of the other. */
function replayOf(signed: LifeEvent, { leaf, after, at }: LifeEvent): LifeEvent {
  return { ...signed, leaf, after, at }
}
