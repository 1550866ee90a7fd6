/**
 * What each operation of the interface means to the register. It only translates: what the register
 * does not do for anybody over a wire, or not for one officer alone, is refused with the reason.
 */
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { fuse } from '../../../matcher/fusion.ts'
import { score } from '../../../matcher/score/score.ts'
import { thresholdFor } from '../../../matcher/threshold.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { FINGERS_MAX } from '../../../protocol/limits.ts'
import { encodePayload, PAYLOAD_NONCE_BYTES } from '../../../protocol/payload.ts'
import { encodeApplication, type FingerRecord } from '../../../protocol/rules/application.ts'
import { civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { CANDIDATES_DEFAULT } from '../../limits.ts'
import type { Clock } from '../../clock.ts'
import type { Random } from '../../random.ts'
import type { Certified } from '../asker.ts'
import { packFingers } from '../../search/fingers.ts'
import { badRequest, notAllowed, OsiaError, unknownRecord } from './osia-error.ts'
import { readFingers, subTypeOf, type BiometricItem, type OsiaFingers } from './osia-fingers.ts'
import { ENCOUNTER, GALLERY, LIMIT_MAX } from './register.ts'
import type { Work } from './work.ts'

/** A request that fits the interface. */
export interface Wanted {
  readonly operation: string
  readonly path: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

export interface OperationsOptions {
  readonly person: Certified
  /** ISO 3166-1 alpha-3: whose nationals are citizens here. */
  readonly state: string
}

export interface OperationsModules {
  readonly extractor: Extractor
  readonly clock: Clock
  readonly random: Random
}

/** As the interface has it, as far as it is read here. */
interface Encounter {
  readonly status: string
  readonly galleries: readonly string[]
  readonly biographicData?: Readonly<Record<string, unknown>>
  readonly biometricData: readonly BiometricItem[]
  readonly encryption?: object
  readonly integrity?: readonly object[]
}

/** Refused to everybody, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  readTemplate: 'no template leaves the register',
  identifyFromId: 'no probe is made of what the register holds',
  identifyFromEncounterId: 'no probe is made of what the register holds',
  readGalleryContent: 'nobody is given a list of everybody',
  deleteEncounter: 'an erasure is decided by two officers, with a ground: "tamga deed"',
  deleteAll: 'an erasure is decided by two officers, with a ground: "tamga deed"',
  mergeEncounter: 'whether two records are one person an examiner decides, in a case',
  moveEncounter: 'whose prints they are an examiner decides, in a case',
  updateEncounterStatus: 'how a person stands follows from the register’s law',
  updateEncounterGalleries: 'there is one gallery, and everybody is in it',
}

const HANDLE = new RegExp(`^[0-9a-f]{${2 * HANDLE_BYTES}}$`)
const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/
const CONFLICT = 409

export class Operations {
  readonly #options: OperationsOptions
  readonly #modules: OperationsModules

  constructor(options: OperationsOptions, modules: OperationsModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * All that can be done without the register: images are read here.
   *
   * @throws OsiaError; TamgaError `overloaded`, `deadline`: the extractor
   */
  async prepare(wanted: Wanted): Promise<Work> {
    const { operation, path } = wanted
    const reason = REFUSED[operation]
    if (reason !== undefined) throw notAllowed(reason)
    switch (operation) {
      case 'createEncounterNoIds':
        return this.#enrolment(wanted, toHex(this.#modules.random.bytes(HANDLE_BYTES)))
      case 'createEncounterNoId':
        return this.#enrolment(wanted, handleIn(path))
      case 'createEncounter':
        checkEncounter(path)
        return this.#enrolment(wanted, handleIn(path))
      case 'updateEncounter':
        checkEncounter(path)
        return { ...(await this.#enrolment(wanted, handleIn(path))), kind: 'update' }
      case 'readAllEncounters':
        return { kind: 'read', handle: handleIn(path, unknownRecord), isList: true }
      case 'readEncounter':
        if (path['encounterId'] !== ENCOUNTER) throw unknownRecord('no such encounter')
        return { kind: 'read', handle: handleIn(path, unknownRecord), isList: false }
      case 'identify':
        return this.#identify(wanted)
      case 'verifyFromId':
        return this.#verify(wanted)
      case 'verifyFromBio':
        return { kind: 'told', answer: await this.#compare(wanted) }
      case 'readGalleries':
        return { kind: 'told', answer: [GALLERY] }
      default:
        throw notAllowed(`${operation} is not offered`)
    }
  }

  async #enrolment({ body }: Wanted, handle: string) {
    const encounter = body as Encounter
    const { status, galleries, biometricData, encryption, integrity } = encounter
    if (status !== 'ACTIVE') throw badRequest('nobody is enrolled who is not to be found')
    if (galleries.some((gallery) => gallery !== GALLERY)) {
      throw badRequest(`the one gallery is ${GALLERY}`)
    }
    if (encryption || integrity) throw badRequest('encrypted or signed data are not opened here')
    const read = await readFingers(biometricData, this.#modules.extractor)
    const application = toBase64(this.#application(read, encounter.biographicData ?? {}))
    return { kind: 'enrol' as const, handle, payload: this.#payload(read), application }
  }

  #application({ fingers, missing }: OsiaFingers, said: Readonly<Record<string, unknown>>) {
    const { clock, random } = this.#modules
    const captured = fingers.map(({ position, qualities }): FingerRecord => {
      return { position, attempts: qualities, missing: undefined, reason: '' }
    })
    const absent = [...missing].map(([position, cause]): FingerRecord => {
      return { position, attempts: [], missing: cause, reason: '' }
    })
    return encodeApplication({
      ...this.#person(said),
      nonce: random.bytes(PAYLOAD_NONCE_BYTES),
      requestedOn: civilDateAt(clock.now()),
      fingers: [...captured, ...absent].slice(0, FINGERS_MAX),
    })
  }

  /** What the client says goes before what the operator certifies. */
  #person({ dateOfBirth, gender, nationality }: Readonly<Record<string, unknown>>): Certified {
    const { person, state } = this.#options
    if (dateOfBirth !== undefined && !(typeof dateOfBirth === 'string' && DATE.test(dateOfBirth))) {
      throw badRequest('dateOfBirth: YYYY-MM-DD, or as much of it as is known')
    }
    const sex = gender === 'M' ? 'male' : gender === 'F' ? 'female' : person.sex
    const citizenship = nationality === state ? 'citizen' : 'foreign-resident'
    return {
      ...person,
      sex,
      born: dateOfBirth ?? person.born,
      citizenship: nationality === undefined ? person.citizenship : citizenship,
    }
  }

  async #identify({ path, query, body }: Wanted): Promise<Work> {
    checkGallery(path)
    const { filter, biometricData } = body as IdentifyBody
    checkFilter(filter)
    checkOpen(body as Protected)
    const limit = Math.min(Number(query['maxNbCand'] ?? CANDIDATES_DEFAULT), LIMIT_MAX)
    if (limit < 1) throw badRequest('maxNbCand: at least 1')
    const read = await readFingers(biometricData, this.#modules.extractor)
    return { kind: 'identify', payload: this.#payload(read), limit, threshold: thresholdIn(query) }
  }

  async #verify({ path, query, body }: Wanted): Promise<Work> {
    checkGallery(path)
    checkOpen(body as Protected)
    const handle = handleIn(path, unknownRecord)
    const { biometricData } = body as Pick<IdentifyBody, 'biometricData'>
    const read = await readFingers(biometricData, this.#modules.extractor)
    return { kind: 'verify', handle, payload: this.#payload(read), threshold: thresholdIn(query) }
  }

  /** Two sets of prints that the client has: the register knows neither, and nothing is logged. */
  async #compare({ query, body }: Wanted): Promise<object> {
    checkOpen(body as Protected)
    const { biometricData1, biometricData2 } = body as CompareBody
    const { extractor } = this.#modules
    const one = packFingers(await readFingers(biometricData1, extractor))
    const other = packFingers(await readFingers(biometricData2, extractor))
    const scores = one.flatMap(({ position, packed }) => {
      const same = other.find((finger) => position > 0 && finger.position === position)
      return same ? [{ position, score: score(packed, same.packed) }] : []
    })
    if (scores.length === 0) throw badRequest('the two have no finger in common')
    const reached = fuse(scores.map((finger) => finger.score))
    return {
      decision: reached >= Math.max(thresholdIn(query), thresholdFor(scores.length)),
      scores: scores.map((finger) => ({
        score: finger.score,
        biometricType: 'FINGER',
        biometricSubType: subTypeOf(finger.position),
      })),
    }
  }

  #payload({ fingers }: OsiaFingers): string {
    const nonce = this.#modules.random.bytes(PAYLOAD_NONCE_BYTES)
    const captured = fingers.map(({ position, template }) => ({ position, template }))
    return toBase64(encodePayload({ nonce, fingers: captured }))
  }
}

interface Protected {
  readonly encryption?: object
  readonly integrity?: readonly object[]
}

interface IdentifyBody {
  readonly filter: Readonly<Record<string, unknown>>
  readonly biometricData: readonly BiometricItem[]
}

interface CompareBody {
  readonly biometricData1: readonly BiometricItem[]
  readonly biometricData2: readonly BiometricItem[]
}

function handleIn(
  { personId = '' }: Readonly<Record<string, string>>,
  refusal: (message: string) => OsiaError = badRequest,
): string {
  if (HANDLE.test(personId)) return personId
  throw refusal(`a personId is ${2 * HANDLE_BYTES} hexadecimal digits`)
}

function checkEncounter({ encounterId }: Readonly<Record<string, string>>): void {
  if (encounterId === ENCOUNTER) return
  throw new OsiaError(CONFLICT, `everybody has one encounter, ${ENCOUNTER}`)
}

function checkGallery({ galleryId }: Readonly<Record<string, string>>): void {
  if (galleryId !== GALLERY) throw unknownRecord(`the one gallery is ${GALLERY}`)
}

function checkOpen({ encryption, integrity }: Protected): void {
  if (encryption || integrity) throw badRequest('encrypted or signed data are not opened here')
}

/** A filter that is not applied would make a client believe that it was. */
function checkFilter(filter: Readonly<Record<string, unknown>>): void {
  const { biometricType, ...others } = filter
  const [other] = Object.keys(others)
  if (other !== undefined) throw badRequest(`the register knows nothing to filter by: ${other}`)
  if (biometricType === undefined) return
  if (Array.isArray(biometricType) && biometricType.includes('FINGER')) return
  throw badRequest('this register compares fingers')
}

function thresholdIn({ threshold }: Readonly<Record<string, unknown>>): number {
  return typeof threshold === 'number' ? threshold : 0
}
