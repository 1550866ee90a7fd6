import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Outcome } from '../../../protocol/document/check.ts'
import {
  INSPECTED,
  OUTCOMES,
  type InspectedName,
  type InspectedOutcome,
} from '../../../protocol/border/check.ts'
import {
  decideInspection,
  DECISIONS,
  isOverride,
  STEPS,
  type Decided,
} from '../../../protocol/border/decide.ts'
import { PROFILE, PROFILES, type ProfileName } from '../../../protocol/border/profile.ts'
import { codeOf } from '../support/codec-promises.ts'

const promises = suite('what comes of an inspection')

type Otherwise = Partial<Record<InspectedName, Outcome>>

/** Under a profile, what was otherwise than successful, and what has to come of it. */
const TABLE: readonly [ProfileName, Otherwise, Decided['verdict'], Decided['step']][] = [
  ['counter', {}, 'successful', 'admit'],
  ['gate', {}, 'successful', 'admit'],
  ['visitor', {}, 'successful', 'admit'],
  // The document.
  ['counter', { 'passive-authentication': 'failed' }, 'failed', 'second-line'],
  ['counter', { 'passive-authentication': 'undetermined' }, 'undetermined', 'second-line'],
  ['counter', { 'passive-authentication': 'not-supported' }, 'undetermined', 'second-line'],
  ['counter', { 'signer-revocation': 'undetermined' }, 'successful', 'admit'],
  ['counter', { 'signer-revocation': 'failed' }, 'undetermined', 'second-line'],
  ['gate', { 'signer-revocation': 'undetermined' }, 'undetermined', 'second-line'],
  ['gate', { 'signer-revocation': 'failed' }, 'failed', 'second-line'],
  ['visitor', { zone: 'aborted' }, 'undetermined', 'second-line'],
  ['visitor', { expiry: 'failed' }, 'failed', 'second-line'],
  // The traveller.
  ['counter', { 'live-to-chip': 'not-supported' }, 'successful', 'admit'],
  ['counter', { 'live-to-chip': 'failed' }, 'undetermined', 'second-line'],
  ['gate', { 'live-to-chip': 'failed' }, 'failed', 'second-line'],
  ['gate', { 'live-to-chip': 'aborted' }, 'undetermined', 'second-line'],
  ['counter', { 'live-to-register': 'failed' }, 'failed', 'second-line'],
  ['counter', { 'capture-liveness': 'undetermined' }, 'successful', 'admit'],
  ['gate', { 'capture-liveness': 'undetermined' }, 'undetermined', 'second-line'],
  // Only prints, and too poor.
  ['counter', { 'capture-quality': 'failed' }, 'undetermined', 'capture-again'],
  [
    'counter',
    { 'capture-quality': 'failed', 'live-to-register': 'failed' },
    'failed',
    'capture-again',
  ],
  ['counter', { 'capture-quality': 'failed', expiry: 'failed' }, 'failed', 'second-line'],
  ['gate', { 'capture-quality': 'failed', 'capture-liveness': 'failed' }, 'failed', 'second-line'],
  // Cut off from the register.
  [
    'counter',
    {
      'live-to-register': 'undetermined',
      'document-status': 'undetermined',
      search: 'undetermined',
    },
    'undetermined',
    'second-line',
  ],
  [
    'visitor',
    {
      'live-to-register': 'undetermined',
      'document-status': 'undetermined',
      search: 'undetermined',
    },
    'successful',
    'admit',
  ],
  ['visitor', { 'watch-list': 'undetermined' }, 'successful', 'admit'],
  ['counter', { 'watch-list': 'undetermined' }, 'undetermined', 'second-line'],
  // Somebody posts look out for.
  ['counter', { 'watch-list': 'failed' }, 'failed', 'alert'],
  ['visitor', { 'watch-list': 'failed' }, 'failed', 'alert'],
  ['gate', { 'watch-list': 'failed', 'capture-quality': 'failed' }, 'failed', 'alert'],
]

for (const [profile, otherwise, verdict, step] of TABLE) {
  const what = Object.entries(otherwise).map(([name, outcome]) => `${name} ${outcome}`)
  promises(`${profile}: ${what.join(', ') || 'all is well'}: ${verdict}, ${step}`, () => {
    const decided = decideInspection(checks(otherwise), profile)
    equal([decided.verdict, decided.step], [verdict, step])
    is(decided.because.length === 0, verdict === 'successful')
  })
}

promises('is never a failure for a search among everybody alone', () => {
  for (const profile of PROFILES) {
    for (const outcome of OUTCOMES) {
      const { verdict, step } = decideInspection(checks({ search: outcome }), profile)
      is.not(verdict, 'failed')
      is(step, outcome === 'failed' ? 'second-line' : 'admit')
    }
  }
})

promises('is successful only where every mandatory check is', () => {
  for (const profile of PROFILES) {
    for (const name of INSPECTED) {
      for (const outcome of OUTCOMES) {
        if (outcome === 'successful' || PROFILE[profile][name] !== 'mandatory') continue
        const { verdict, because } = decideInspection(checks({ [name]: outcome }), profile)
        is(verdict, outcome === 'failed' ? 'failed' : 'undetermined')
        equal(because, [name])
      }
    }
  }
})

promises('needs every check once', () => {
  const all = checks({})
  const wrong = [[], all.slice(1), [...all, all[0]!], [...all.slice(1), all[1]!]]
  for (const few of wrong) {
    is(
      codeOf(() => decideInspection(few, 'gate')),
      'unprocessable',
    )
  }
})

promises('turns nobody away by itself; who admits or refuses against it has to say why', () => {
  const followed = STEPS.flatMap((step) => {
    return DECISIONS.filter((decision) => !isOverride(step, decision)).map((one) => [step, one])
  })
  equal(followed, [
    ['admit', 'admitted'],
    ['capture-again', 'second-line'],
    ['second-line', 'second-line'],
    ['alert', 'second-line'],
  ])
})

promises.run()

function checks(otherwise: Otherwise): InspectedOutcome[] {
  return INSPECTED.map((name) => ({ name, outcome: otherwise[name] ?? 'successful' }))
}
