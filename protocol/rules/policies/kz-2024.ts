/**
 * The law as it stands since July 2024: Law 40-VI of 2016-12-30 with its amendments.
 *
 * Sources: the press and egov.kz on the amendments of November 2023 and July 2024, gov.kz on DNA,
 * and the headings of the law. The bodies of its articles were not seen: what is inferred is marked
 * “inferred”, and the number of fingers, retention and terms are parameters to be set.
 */
import type { Group, Policy, Refusal } from '../policy.ts'
import { SEED_2017 } from './seed-2017.ts'

const NO_CONSEQUENCE: Refusal = { fineTenthsOfMrp: 0, blocksDocument: false }

const EVERYBODY: Group['citizenships'] = [
  'citizen',
  'foreign-resident',
  'foreign-visitor',
  'stateless',
]

/** The press says “foreigners”; that the stateless are meant with them is inferred. */
const FOREIGNERS: Group['citizenships'] = ['foreign-resident', 'foreign-visitor', 'stateless']

export const KZ_2024: Policy = {
  ...SEED_2017,
  id: 'kz-2024',
  // The month is known; the day is inferred.
  from: '2024-07-01',
  title: {
    en: 'Law on fingerprint and genomic registration, as amended in July 2024',
    kk: 'Дактилоскопиялық және геномдық тіркеу туралы заң, 2024 жылғы шілдедегі өзгерістерімен',
    ru: 'Закон о дактилоскопической и геномной регистрации, с изменениями июля 2024 года',
  },
  groups: [
    {
      citizenships: EVERYBODY,
      ageFrom: 0,
      ageBelow: 12,
      duty: 'never',
      consent: 'none',
      refusal: NO_CONSEQUENCE,
    },
    // The child consents and a guardian does. That it holds for foreign children too is inferred.
    {
      citizenships: EVERYBODY,
      ageFrom: 12,
      ageBelow: 16,
      duty: 'voluntary',
      consent: 'own-and-guardian',
      refusal: NO_CONSEQUENCE,
    },
    // Voluntary since the amendment. No fine and no document withheld is inferred from that.
    {
      citizenships: ['citizen'],
      ageFrom: 16,
      ageBelow: undefined,
      duty: 'voluntary',
      consent: 'own',
      refusal: NO_CONSEQUENCE,
    },
    // Mandatory at the border and for a permit. The fine is what the press gave for 2023: some
    // 7,000 tenge, 2 MRP. That a permit is withheld is inferred.
    {
      citizenships: FOREIGNERS,
      ageFrom: 16,
      ageBelow: undefined,
      duty: 'mandatory',
      consent: 'none',
      refusal: { fineTenthsOfMrp: 20, blocksDocument: true },
    },
  ],
  // gov.kz: grave and especially grave crimes, unidentified persons and corpses; relatives with
  // written consent only; 25 years in most cases, taken here for all.
  dna: [
    { ground: 'serious-convict', duty: 'mandatory', consent: 'none', retentionYears: 25 },
    { ground: 'relative-of-missing', duty: 'voluntary', consent: 'written', retentionYears: 25 },
    { ground: 'unidentified', duty: 'mandatory', consent: 'none', retentionYears: 25 },
  ],
  // Inferred: the milder rule helps also whoever asked before it.
  openCases: 'rule-of-decision',
  // Inferred throughout. A citizen's duty became a choice, and no consent is on record: they are
  // asked. Who chose to give their prints may withdraw. A foreigner's duty goes on.
  earlier: [
    { citizenships: ['citizen'], taken: 'mandatory', status: 'ask-again' },
    { citizenships: FOREIGNERS, taken: 'mandatory', status: 'keep' },
    { citizenships: EVERYBODY, taken: 'permitted', status: 'erase-on-request' },
  ],
}
