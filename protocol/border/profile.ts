/**
 * What an inspection has to show, by the kind of post: the one place where checks get their weight.
 *
 * Source: BSI TR-03135-1 §3.3. A search among everybody cannot be mandatory, and the type says so:
 * nobody is turned away because a search of millions named them.
 */
import type { InspectedName } from './check.ts'

/**
 * - `mandatory` has to be successful; where it failed, so has the inspection
 * - `evaluatory` where it failed, a person has to look
 * - `optional` is shown, and changes nothing
 */
export const WEIGHTS = ['mandatory', 'evaluatory', 'optional'] as const
export type Weight = (typeof WEIGHTS)[number]

export const PROFILES = ['gate', 'counter', 'visitor'] as const
export type ProfileName = (typeof PROFILES)[number]

export type Profile = Readonly<
  Record<Exclude<InspectedName, 'search'>, Weight> & Record<'search', Exclude<Weight, 'mandatory'>>
>

/** Whoever is in the register, at a counter: an officer sees the face and the fingers. */
const COUNTER: Profile = {
  zone: 'mandatory',
  'passive-authentication': 'mandatory',
  'signer-revocation': 'evaluatory',
  expiry: 'mandatory',
  'capture-liveness': 'evaluatory',
  'capture-quality': 'evaluatory',
  'live-to-chip': 'evaluatory',
  'live-to-register': 'mandatory',
  'document-status': 'mandatory',
  'watch-list': 'mandatory',
  search: 'evaluatory',
}

export const PROFILE: Readonly<Record<ProfileName, Profile>> = {
  counter: COUNTER,
  /** The same where nobody stands beside: what an officer would see has to be shown. */
  gate: {
    ...COUNTER,
    'signer-revocation': 'mandatory',
    'capture-liveness': 'mandatory',
    'capture-quality': 'mandatory',
    'live-to-chip': 'mandatory',
  },
  /** Whoever is not in the register; of most states the prints on the chip cannot be read. */
  visitor: {
    ...COUNTER,
    'live-to-register': 'optional',
    'document-status': 'optional',
    'watch-list': 'evaluatory',
  },
}
