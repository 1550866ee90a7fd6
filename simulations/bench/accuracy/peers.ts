/**
 * What other open matchers reached, in percent, where the data are exactly the same: FVC2002
 * DB1..4_B and FVC2004 DB1_B and DB3_B, 1,680 genuine and 17,280 within-set impostor pairs, one
 * threshold for all. Measured by us with the peers' own code on the templates of each extractor.
 */
import type { ErrorRates, Rates } from './error-rates.ts'

/**
 * Whose templates can be measured; `tamga` are our own, written by `tamga print extract`, and with
 * `images` our extractor reads the images themselves.
 */
export const EXTRACTORS = ['mindtct', 'fingerjet', 'secugen', 'tamga', 'images'] as const

/** Whose templates are measured. */
export type Extractor = (typeof EXTRACTORS)[number]

export interface Peer extends Rates {
  readonly name: string
  /** Whose templates; one that brought its own extractor read the same images. */
  readonly extractor: Extractor | 'own'
}

export const PEERS: readonly Peer[] = [
  peer('OpenAFIS', 'fingerjet', [10.35, 16.5, 25.2, 42.4]),
  peer('bozorth3', 'mindtct', [6.81, 12.9, 19.5, 27.8]),
  peer('SourceAFIS', 'own', [6.67, 10.5, 15.2, 22.6]),
  peer('SourceAFIS', 'mindtct', [7.56, 13.3, 20.1, 27.9]),
  peer('SourceAFIS', 'fingerjet', [7.32, 11.6, 15.1, 20.8]),
  peer('SourceAFIS', 'secugen', [7.14, 13.0, 18.4, 23.3]),
  peer("Tamga's trial", 'mindtct', [4.76, 8.1, 12.3, 19.2]),
  peer("Tamga's trial", 'fingerjet', [4.29, 6.7, 10.3, 17.6]),
]

/** The peer that the report divides by. */
const BASELINES: Record<Extractor, Pick<Peer, 'name' | 'extractor'>> = {
  mindtct: { name: 'bozorth3', extractor: 'mindtct' },
  fingerjet: { name: 'SourceAFIS', extractor: 'fingerjet' },
  secugen: { name: 'SourceAFIS', extractor: 'secugen' },
  tamga: { name: 'SourceAFIS', extractor: 'own' },
  images: { name: 'SourceAFIS', extractor: 'own' },
}

const COMPARABLE = {
  sets: [
    'fvc2002/DB1_B',
    'fvc2002/DB2_B',
    'fvc2002/DB3_B',
    'fvc2002/DB4_B',
    'fvc2004/DB1_B',
    'fvc2004/DB3_B',
  ],
  genuine: 1_680,
  impostor: 17_280,
} as const

/** The peers' figures may stand beside those of these sets, and of no others. */
export function isComparable(
  sets: readonly { readonly name: string }[],
  { genuine, impostor }: Pick<ErrorRates, 'genuine' | 'impostor'>,
): boolean {
  const names = sets.map(({ name }) => name).sort()
  const isSameSets = names.join(' ') === COMPARABLE.sets.join(' ')
  return isSameSets && genuine === COMPARABLE.genuine && impostor === COMPARABLE.impostor
}

export function baselineOf(extractor: Extractor): Peer {
  const baseline = BASELINES[extractor]
  return PEERS.find((one) => {
    return one.name === baseline.name && one.extractor === baseline.extractor
  })!
}

function peer(
  name: string,
  extractor: Peer['extractor'],
  [eer, fmr100, fmr1000, zeroFmr]: readonly [number, number, number, number],
): Peer {
  return { name, extractor, eer, fmr100, fmr1000, zeroFmr }
}
