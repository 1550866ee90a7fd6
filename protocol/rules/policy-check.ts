/**
 * Whether a policy makes sense: that everybody falls under exactly one rule, and that no rule says
 * two things at once. It does not say whether a policy is just; two signatures stand for that.
 */
import { TamgaError } from '../errors.ts'
import { CITIZENSHIPS, MISSING_CAUSES, type Citizenship } from './application.ts'
import type { Group, Policy } from './policy.ts'

/** @throws TamgaError `unprocessable` with what is wrong */
export function checkPolicy(policy: Policy): void {
  const { id, title, wanted, wantedLeast } = policy
  hold(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id), 'the name is not in kebab-case')
  hold(
    Object.values(title).every((words) => words !== ''),
    'a title is empty',
  )
  policy.groups.forEach(checkGroup)
  for (const citizenship of CITIZENSHIPS) checkAges(policy, citizenship)

  hold(isSet(wanted) && !wanted.includes(0), 'a wanted finger stands twice or is unknown')
  hold(wantedLeast >= 1 && wantedLeast <= wanted.length, 'too few or too many fingers are wanted')
  hold(policy.attemptsMax >= 1, 'no attempt is allowed')
  hold(policy.thresholds.length === 11, 'not one threshold for each finger position')
  checkCauses(policy)

  hold(
    policy.retention.every(({ years }) => years >= 1),
    'a record is kept for no time',
  )
  const retained = policy.retention.flatMap((rule) => rule.citizenships)
  hold(coversOnce(retained, CITIZENSHIPS), 'not one retention for each citizenship')
  hold(policy.caseDays >= 1, 'a case has no time')
  checkDna(policy)
  checkDocuments(policy)
  for (const taken of ['mandatory', 'permitted'] as const) {
    const rules = policy.earlier.filter((rule) => rule.taken === taken)
    const covered = rules.flatMap(({ citizenships }) => citizenships)
    hold(coversOnce(covered, CITIZENSHIPS), `not one standing for each that was ${taken}`)
  }
}

function checkGroup({ citizenships, ageFrom, ageBelow, duty, consent, refusal }: Group): void {
  hold(citizenships.length > 0 && isSet(citizenships), 'a group names nobody, or somebody twice')
  hold(ageBelow === undefined || ageBelow > ageFrom, 'a group ends before it begins')
  hold(duty !== 'voluntary' || consent !== 'none', 'what is voluntary needs consent')
  hold(duty !== 'never' || consent === 'none', 'nobody consents to what never happens')
  const isFree = refusal.fineTenthsOfMrp === 0 && !refusal.blocksDocument
  hold(duty === 'mandatory' || isFree, 'a refusal has consequences without a duty')
}

/** Every age of a citizenship has one group: no gap and no overlap. */
function checkAges({ groups }: Policy, citizenship: Citizenship): void {
  const own = groups.filter(({ citizenships }) => citizenships.includes(citizenship))
  let age: number | undefined = 0
  for (const group of own.toSorted((a, b) => a.ageFrom - b.ageFrom)) {
    hold(group.ageFrom === age, `an age of ${citizenship} has no group, or two`)
    age = group.ageBelow
  }
  hold(own.length > 0 && age === undefined, `an age of ${citizenship} has no group`)
}

function checkCauses({ exemptions, postponement }: Policy): void {
  const causes = [...exemptions, ...postponement.causes]
  hold(coversOnce(causes, MISSING_CAUSES), 'a cause neither exempts nor postpones, or both')
  hold(postponement.causes.length === 0 || postponement.daysMax >= 1, 'a postponement has no time')
}

function checkDna({ dna }: Policy): void {
  hold(isSet(dna.map(({ ground }) => ground)), 'a ground for DNA stands twice')
  const fits = dna.every(({ duty, consent }) => (duty === 'voluntary') === (consent === 'written'))
  hold(fits, 'DNA is given with consent where it is voluntary, and only there')
  hold(
    dna.every(({ retentionYears }) => retentionYears !== 0),
    'DNA is kept for no time',
  )
}

function checkDocuments({ documents }: Policy): void {
  hold(isSet(documents.map(({ document }) => document)), 'a document stands twice')
  for (const { citizenships, ageFrom, ageBelow, suffices, unblocked } of documents) {
    hold(isSet(citizenships), 'a document names a citizenship twice')
    hold(ageBelow === undefined || ageBelow > ageFrom, 'a document ends before it begins')
    hold(isSet([...suffices, ...unblocked]), 'a status for a document stands twice')
  }
}

function coversOnce(found: readonly string[], all: readonly string[]): boolean {
  return isSet(found) && found.length === all.length
}

function isSet(found: readonly unknown[]): boolean {
  return new Set(found).size === found.length
}

function hold(condition: boolean, complaint: string): void {
  if (!condition) throw new TamgaError('unprocessable', `policy: ${complaint}`)
}
