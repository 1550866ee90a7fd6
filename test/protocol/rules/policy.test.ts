import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { CITIZENSHIPS } from '../../../protocol/rules/application.ts'
import { POLICIES } from '../../../protocol/rules/policies.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import {
  decodePolicy,
  encodePolicy,
  POLICY_BYTES_MAX,
  type Group,
  type Policy,
} from '../../../protocol/rules/policy.ts'
import { codeOf, promiseCodec } from '../support/codec-promises.ts'
import { policies } from './support/policies.ts'
import { aside, subjectAside } from './support/words-aside.ts'

const promises = suite('a policy')

promiseCodec(
  promises,
  subjectAside<Policy>({
    name: 'policy',
    bytesMax: POLICY_BYTES_MAX,
    encode: encodePolicy,
    decode: decodePolicy,
    alsoThrows: ['unprocessable'],
  }),
  policies.map(aside),
)

for (const policy of POLICIES) {
  promises(`${policy.id} makes sense and comes back as it was`, () => {
    const encoded = encodePolicy(policy)
    ok(encoded.length <= 1_024, `${encoded.length} bytes`)
    equal(decodePolicy(encoded), policy)
  })
}

const [children, youths, citizens, foreigners] = KZ_2024.groups as [Group, Group, Group, Group]
const others = [children, youths, foreigners]
const [passport] = KZ_2024.documents
const [convict] = KZ_2024.dna

const SENSELESS: readonly [what: string, changed: Partial<Policy>][] = [
  ['has no name', { id: '' }],
  ['has a name with capitals', { id: 'KZ-2024' }],
  ['has no title in Kazakh', { title: { ...KZ_2024.title, kk: '' } }],
  ['leaves a citizenship out', { groups: others }],
  ['has no rule for anybody', { groups: [] }],
  ['leaves a gap of a year', { groups: [...others, { ...citizens, ageFrom: 17 }] }],
  ['has two rules for a year', { groups: [...others, { ...citizens, ageFrom: 15 }] }],
  ['has a rule twice', { groups: [...KZ_2024.groups, citizens] }],
  ['ends with an age', { groups: [...others, { ...citizens, ageBelow: 90 }] }],
  ['begins with an age', { groups: KZ_2024.groups.slice(1) }],
  ['has a group that is over at once', { groups: [...others, { ...citizens, ageBelow: 16 }] }],
  ['has a group of nobody', { groups: [...KZ_2024.groups, { ...citizens, citizenships: [] }] }],
  ['takes without consent what is voluntary', withCitizens({ consent: 'none' })],
  ['asks consent to nothing', withCitizens({ duty: 'never' })],
  [
    'fines the refusal of what is voluntary',
    withCitizens({ refusal: { fineTenthsOfMrp: 1, blocksDocument: false } }),
  ],
  [
    'withholds documents for what is voluntary',
    withCitizens({ refusal: { fineTenthsOfMrp: 0, blocksDocument: true } }),
  ],
  ['wants no finger', { wanted: [] }],
  ['wants a finger twice', { wanted: [2, 2], wantedLeast: 2 }],
  ['wants an unknown finger', { wanted: [0, 2] }],
  ['is content with no finger', { wantedLeast: 0 }],
  ['needs more fingers than it wants', { wanted: [2], wantedLeast: 2 }],
  ['allows no attempt', { attemptsMax: 0 }],
  ['lacks a threshold', { thresholds: KZ_2024.thresholds.slice(1) }],
  [
    'has a cause that exempts and postpones',
    { exemptions: ['amputated', 'no-pattern', 'injured'] },
  ],
  ['forgets a cause', { exemptions: ['amputated'] }],
  ['postpones by no time', { postponement: { ...KZ_2024.postponement, daysMax: 0 } }],
  ['keeps nobody’s record', { retention: [] }],
  ['keeps records for no time', { retention: [{ citizenships: [...CITIZENSHIPS], years: 0 }] }],
  ['gives a case no time', { caseDays: 0 }],
  ['has a ground for DNA twice', { dna: [convict!, convict!] }],
  ['takes DNA voluntarily without consent', { dna: [{ ...convict!, duty: 'voluntary' }] }],
  ['asks consent to a duty of DNA', { dna: [{ ...convict!, consent: 'written' }] }],
  ['keeps DNA for no time', { dna: [{ ...convict!, retentionYears: 0 }] }],
  ['has a document twice', { documents: [passport!, passport!] }],
  ['has a document for no age', { documents: [{ ...passport!, ageFrom: 16, ageBelow: 16 }] }],
  [
    'has a document for a citizenship twice',
    { documents: [{ ...passport!, citizenships: ['citizen', 'citizen'] }] },
  ],
  ['has a status twice', { documents: [{ ...passport!, unblocked: ['confirmed'] }] }],
  ['leaves earlier enrolments undefined', { earlier: KZ_2024.earlier.slice(1) }],
  ['defines earlier enrolments twice', { earlier: [...KZ_2024.earlier, KZ_2024.earlier[0]!] }],
]

for (const [what, changed] of SENSELESS) {
  promises(`that ${what} is refused`, () => {
    is(
      codeOf(() => decodePolicy(encodePolicy({ ...KZ_2024, ...changed }))),
      'unprocessable',
    )
  })
}

promises('with a number that cannot be is malformed', () => {
  const thresholds = KZ_2024.thresholds.with(3, 101)
  const wrong: readonly Partial<Policy>[] = [
    { thresholds },
    { wanted: [11] },
    { attemptsMax: 4 },
    { from: '2024-06-31' },
  ]
  for (const changed of wrong) {
    is(
      codeOf(() => decodePolicy(encodePolicy({ ...KZ_2024, ...changed }))),
      'malformed',
    )
  }
})

promises.run()

function withCitizens(changed: Partial<Group>): Partial<Policy> {
  return { groups: [...others, { ...citizens, ...changed }] }
}
