/** Whatever may stand in the logs of a small register, drawn by chance. */
import type { Registry } from '../../../../node/registry/registry.ts'
import { encodePolicy } from '../../../../protocol/rules/policy.ts'
import { POLICIES } from '../../../../protocol/rules/policies.ts'
import type { OfficerKey } from '../../../../protocol/statement.ts'
import type { SeededRandom } from '../../../../simulations/world/seeded-random.ts'
import {
  act,
  candidate,
  claim,
  enrolment,
  grant,
  handleOf,
  officers,
  outcomeOf,
  query,
  revocation,
  type Made,
  type WRITERS,
} from './entries.ts'
import { PEOPLE, type Writers } from './fold.ts'

/** Officers besides those of the roster's day, of whom some are revoked. */
const clerks = ['clerk 0', 'clerk 1'].map((name) => grant(name, { name: name.replace(' ', '-') }))

/** Of one moment in an officer's day: what is written into the log of `home`. */
export function something(
  random: SeededRandom,
  number: number,
  home: (typeof WRITERS)[number],
): readonly Made[] {
  const at = 1 + random.integer(40)
  const person = `person ${random.integer(PEOPLE)}`
  const handle = handleOf(person)
  const clerk = random.pick(clerks).key
  const one = [officers.registrar, clerk]
  const options = { salt: `${number}`, home, at, officer: random.pick(one) }
  const other = `person ${random.integer(PEOPLE)}`
  const candidates = random.chance(0.3) ? [candidate(other)] : []
  const verdict = candidates.length > 0 ? 'hit' : 'no-hit'
  const fresh = enrolment(person, { ...options, outcome: { verdict, candidates } })
  const about = { handle, at, after: random.chance(0.5) ? undefined : fresh.entry.leaf }
  switch (random.integer(10)) {
    case 0:
      return enrolment(person, { ...options, flip: true }).all
    case 1:
      return [query(`${number}`, { at })]
    case 2: {
      const asked = query(`${number}`, { at })
      return [asked, outcomeOf(asked, { verdict, candidates })]
    }
    case 3:
      return [random.pick(clerks), law(random.integer(POLICIES.length))]
    case 4:
      return [revocation(clerk, { from: 1 + random.integer(60), at: 1 + random.integer(60) })]
    case 5:
      return [watch(person, [officers.protector, officers.adjudicator], { at })]
    case 6:
      return [...fresh.all, act({ type: 'confirmation' }, [clerk], about)]
    case 7:
      return [
        act({ type: 'death' }, [clerk, officers.protector], { ...about, purpose: 'civil-status' }),
      ]
    case 8:
      return random.chance(0.3) ? [claim(person)] : [claim(person), claim(person, [other], at)]
    default:
      return fresh.all
  }
}

/** What an officer can do to the register, some of it twice, copied, or not theirs to do. */
export async function fill(writers: Writers, random: SeededRandom): Promise<void> {
  const written: (readonly Made[])[] = []
  for (let i = 0; i < 150; i += 1) {
    const home = random.pick(writers.names)
    const isCopy = random.chance(0.15) && written.length > 0
    const entries = isCopy ? random.pick(written) : something(random, i, home)
    written.push(entries)
    await writers.append(home, ...entries)
  }
  await writers.append('almaty', query('end'))
}

/** One of the laws that there are, signed into force. */
export function law(place: number): Made {
  const policy = encodePolicy(POLICIES[place]!)
  const by = [officers.protector, officers.administrator]
  return act({ type: 'policy', policy }, by, { purpose: 'administration' })
}

/** Two persons put somebody on the watch list, or take them off it. */
export function watch(
  person: string,
  by: readonly OfficerKey[],
  { at = 1 }: { at?: number } = {},
): Made {
  const deed = { type: 'watch', listed: at % 3 ? 'added' : 'removed', cause: 'wanted' } as const
  return act(deed, by, { purpose: 'criminal-investigation', handle: handleOf(person), at })
}

/** What a register says of those credentials, at all times that matter. */
export function known({ credentials }: Registry): unknown {
  return clerks.map(({ key }) => {
    return Array.from({ length: 70 }, (_, at) => {
      const { credential, signer } = key
      const nothing = new Uint8Array()
      const about = {
        statement: nothing,
        signature: nothing,
        officer: signer.publicKey,
        credential,
      }
      try {
        return credentials.check(about, at)
      } catch (error) {
        return String(error)
      }
    })
  })
}
