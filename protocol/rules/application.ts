/**
 * What the enrolment officer states about the person whose prints are taken: as much as the rules
 * need for a decision, and no name, number or address.
 *
 * It is sealed together with the prints and never stands on a ledger; there stands its digest,
 * which says nothing without the nonce (see `payload.ts`). The facts are the officer's word: the
 * digest makes them answerable for it. Positions are ISO/IEC 19794-2's. Qualities are 0 to 100, by
 * NFIQ 2 or by whatever else the station measures with.
 */
import { utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { bytes, codec, list, oneOf, optional, record, text, uint } from '../codec.ts'
import { TamgaError } from '../errors.ts'
import { FINGERS_MAX, TEXT_BYTES_MAX } from '../limits.ts'
import { civilDateShape, fullYears, isCivilDate, lastDayOf, type CivilDate } from './civil-date.ts'

/** Add new words at the end of each list: they are sent as their place. */
export const CITIZENSHIPS = ['citizen', 'foreign-resident', 'foreign-visitor', 'stateless'] as const
export type Citizenship = (typeof CITIZENSHIPS)[number]

export const SEXES = ['female', 'male', 'unknown'] as const
export type Sex = (typeof SEXES)[number]

export const CONSENTS = ['none', 'own', 'guardian', 'own-and-guardian'] as const
export type Consent = (typeof CONSENTS)[number]

export const MISSING_CAUSES = ['amputated', 'no-pattern', 'injured', 'bandaged'] as const
export type MissingCause = (typeof MISSING_CAUSES)[number]

export const AGE_BANDS = [
  'unknown',
  'under-12',
  '12-15',
  '16-17',
  '18-29',
  '30-44',
  '45-59',
  '60-74',
  '75-and-over',
] as const
export type AgeBand = (typeof AGE_BANDS)[number]

/** The age in full years with which each band begins. */
export const BAND_STARTS: readonly (readonly [age: number, band: AgeBand])[] = [
  [0, 'under-12'],
  [12, '12-15'],
  [16, '16-17'],
  [18, '18-29'],
  [30, '30-44'],
  [45, '45-59'],
  [60, '60-74'],
  [75, '75-and-over'],
]

/** Random bytes that hide the statements behind their digest. */
const NONCE_BYTES = 32

/** Captures of one finger: BSI TR-03121 keeps the best of three. */
export const ATTEMPTS_MAX = 3

/** Of NFIQ 2, and of the matcher's own measure. */
export const QUALITY_MAX = 100

/** Ten fingers with the longest reason each, the form's name and the fixed fields, bytes. */
export const APPLICATION_BYTES_MAX = (FINGERS_MAX + 1) * (TEXT_BYTES_MAX + 16) + 96

/** One finger: either captured or missing for a cause, never both. */
export interface FingerRecord {
  /** 1 right thumb … 10 left little finger; 0 unknown. */
  readonly position: number
  /** Qualities in the order in which they were captured. */
  readonly attempts: readonly number[]
  readonly missing: MissingCause | undefined
  /** Why the best is kept although it is below the threshold; else empty. */
  readonly reason: string
}

export interface Application {
  readonly nonce: Uint8Array
  /** `YYYY-MM-DD`; `YYYY-MM` or `YYYY` where no more is known; undefined for nothing. */
  readonly born: string | undefined
  readonly citizenship: Citizenship
  readonly sex: Sex
  readonly consent: Consent
  /** The form on which consent was given; empty without one. */
  readonly consentForm: string
  readonly requestedOn: CivilDate
  readonly fingers: readonly FingerRecord[]
}

const fingerShape = record<FingerRecord>({
  position: uint(10),
  attempts: list(uint(QUALITY_MAX), ATTEMPTS_MAX),
  missing: optional(oneOf(...MISSING_CAUSES)),
  reason: text(TEXT_BYTES_MAX),
})

const applications = codec(
  'application',
  APPLICATION_BYTES_MAX,
  record<Application>({
    nonce: bytes(NONCE_BYTES),
    born: optional(text(10)),
    citizenship: oneOf(...CITIZENSHIPS),
    sex: oneOf(...SEXES),
    consent: oneOf(...CONSENTS),
    consentForm: text(TEXT_BYTES_MAX),
    requestedOn: civilDateShape,
    fingers: list(fingerShape, FINGERS_MAX),
  }),
)

export const encodeApplication = applications.encode

/**
 * @throws TamgaError also `unprocessable`: a birth that is no date or lies ahead of the request, a
 * finger twice, a finger that is neither captured nor missing, or both
 */
export function decodeApplication(encoded: Uint8Array): Application {
  const application = applications.decode(encoded)
  checkBirth(application)
  checkFingers(application.fingers)
  return application
}

/** What the officer signs for: the digest of the application's own bytes. */
export function applicationDigest(encoded: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/application/v1\n'), encoded)
}

/**
 * Age in full years; of a birth that is known in part the youngest that it allows, so that no duty
 * comes too early and no protection ends too early. Undefined when nothing is known.
 */
export function ageOf(born: string | undefined, on: CivilDate): number | undefined {
  return born === undefined ? undefined : fullYears(latestBirth(born), on)
}

export function ageBandOf(born: string | undefined, on: CivilDate): AgeBand {
  const age = ageOf(born, on)
  if (age === undefined) return 'unknown'
  return BAND_STARTS.findLast(([start]) => start <= age)?.[1] ?? 'unknown'
}

/** The last day on which a person can have been born of whom `born` is known. */
function latestBirth(born: string): CivilDate {
  if (born.length === 4) return `${born}-12-31`
  return born.length === 7 ? lastDayOf(born) : born
}

function checkBirth({ born, requestedOn }: Application): void {
  if (born === undefined) return
  const earliest = `${born}-01-01`.slice(0, 10)
  if (![4, 7, 10].includes(born.length) || !isCivilDate(earliest)) {
    throw new TamgaError('unprocessable', 'the date of birth is no date')
  }
  if (earliest > requestedOn) {
    throw new TamgaError('unprocessable', 'the date of birth lies ahead of the request')
  }
}

function checkFingers(fingers: readonly FingerRecord[]): void {
  const known = fingers.map(({ position }) => position).filter((position) => position > 0)
  if (new Set(known).size < known.length) {
    throw new TamgaError('unprocessable', 'a finger position stands twice')
  }
  if (fingers.some(({ attempts, missing }) => attempts.length > 0 === (missing !== undefined))) {
    throw new TamgaError('unprocessable', 'a finger is either captured or missing for a cause')
  }
}
