/**
 * What stands in a message of MOSIP's queue. Source: MOSIP ABIS API 0.9, and the requests of its
 * testing kit, which names the version `ver` once.
 */
import { TamgaError } from '../../../protocol/errors.ts'
import { MosipFailure, type Failure } from './failure.ts'
import { GALLERY_MAX, ID_CHARACTERS_MAX, MESSAGE_BYTES_MAX, URL_CHARACTERS_MAX } from './limits.ts'

const KINDS = {
  'mosip.abis.insert': 'insert',
  'mosip.abis.identify': 'identify',
  'mosip.abis.delete': 'delete',
  'mosip.abis.ping': 'ping',
  'mosip.abis.pendingJobs': 'pending-jobs',
  'mosip.abis.referenceCount': 'reference-count',
} as const

const VERSION = '1.1'
const REQUEST_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

/** A number from 1 on, as text or not. */
const WHOLE = /^[1-9]\d{0,5}$/

export interface Flags {
  readonly maxResults: number | undefined
  /** −10·log10 of the share of searches that may name somebody wrongly. */
  readonly targetFpir: number | undefined
}

export type MosipRequest = { readonly requestId: string } & (
  | {
      readonly kind: 'insert'
      /** Empty where it is missing: that is said only after the data were fetched. */
      readonly referenceId: string
      readonly referenceUrl: string
    }
  | {
      readonly kind: 'identify'
      readonly referenceId: string
      readonly referenceUrl: string
      readonly flags: Flags
      /** Undefined for everybody. */
      readonly gallery: ReadonlySet<string> | undefined
    }
  | { readonly kind: 'delete'; readonly referenceId: string }
  | { readonly kind: 'ping' | 'pending-jobs' | 'reference-count' }
)

/** JSON of a stranger. */
export type Message = Readonly<Record<string, unknown>>

/** By what an answer is recognised; empty where the request does not say it. */
export interface Head {
  readonly id: string
  readonly requestId: string
}

/** @throws TamgaError `too-large`, `malformed`: nothing in it that could be answered */
export function parseMessage(text: string): Message {
  if (Buffer.byteLength(text) > MESSAGE_BYTES_MAX) {
    throw new TamgaError('too-large', `a message of more than ${MESSAGE_BYTES_MAX} bytes`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new TamgaError('malformed', 'a message that is not JSON', { cause })
  }
  if (isObject(value)) return value
  throw new TamgaError('malformed', 'a message that is no JSON object')
}

export function headOf({ id, requestId }: Message): Head {
  return { id: isShort(id) ? id : '', requestId: isShort(requestId) ? requestId : '' }
}

/** @throws MosipFailure */
export function requestOf(message: Message): MosipRequest {
  const id = textOf(message, 'id') ?? refuse('invalid-id', 'no id')
  if (!isKnown(id)) return refuse('invalid-id', 'an id that there is none of')
  const requestId = textOf(message, 'requestId') ?? refuse('no-request-id', 'no requestId')
  const version = message['version'] ?? message['ver']
  if (version !== VERSION) refuse('invalid-version', `a version that is not ${VERSION}`)
  const time = textOf(message, 'requesttime') ?? refuse('no-request-time', 'no requesttime')
  const isTime = REQUEST_TIME.test(time) && !Number.isNaN(Date.parse(time))
  if (!isTime) refuse('invalid-request-time', 'a requesttime that is none')
  return { requestId, ...bodyOf(KINDS[id], message) }
}

type Body = MosipRequest extends infer R
  ? R extends MosipRequest
    ? Omit<R, 'requestId'>
    : never
  : never

function bodyOf(kind: (typeof KINDS)[keyof typeof KINDS], message: Message): Body {
  if (kind === 'insert') {
    const referenceUrl = urlOf(message) ?? refuse('no-reference-url', 'no referenceURL')
    return { kind, referenceId: textOf(message, 'referenceId') ?? '', referenceUrl }
  }
  if (kind === 'delete') {
    const referenceId = textOf(message, 'referenceId')
    return { kind, referenceId: referenceId ?? refuse('no-reference-id', 'no referenceId') }
  }
  if (kind !== 'identify') return { kind }
  const referenceId = textOf(message, 'referenceId') ?? ''
  const referenceUrl = urlOf(message) ?? ''
  if (referenceId === '' && referenceUrl === '') refuse('no-reference-id', 'neither id nor URL')
  const flags = flagsOf(message['flags'])
  return { kind, referenceId, referenceUrl, flags, gallery: galleryOf(message['gallery']) }
}

/** What is no number stands for none: MOSIP does not prescribe which flags there are. */
function flagsOf(flags: unknown): Flags {
  if (isAbsent(flags)) return { maxResults: undefined, targetFpir: undefined }
  if (!isObject(flags)) return refuse('invalid-request', 'flags that are none')
  return { maxResults: wholeOf(flags['maxResults']), targetFpir: wholeOf(flags['targetFPIR']) }
}

function wholeOf(value: unknown): number | undefined {
  if (isAbsent(value)) return undefined
  const isText = typeof value === 'string' || typeof value === 'number'
  if (isText && WHOLE.test(String(value))) return Number(value)
  return refuse('invalid-request', 'a flag that is no number')
}

/** Without any reference in it a gallery is not specified. */
function galleryOf(gallery: unknown): ReadonlySet<string> | undefined {
  if (isAbsent(gallery)) return undefined
  if (!isObject(gallery)) return refuse('invalid-request', 'a gallery that is none')
  const listed = gallery['referenceIds']
  if (isAbsent(listed)) return undefined
  if (!Array.isArray(listed) || listed.length > GALLERY_MAX) {
    return refuse('invalid-request', 'a gallery that is no list, or too long')
  }
  const ids = listed.map((one: unknown) => {
    const id = isObject(one) ? textOf(one, 'referenceId') : undefined
    return id ?? refuse('invalid-request', 'a gallery with something else in it')
  })
  return ids.length === 0 ? undefined : new Set(ids)
}

/** Undefined where it is missing, null or empty. */
function textOf(message: Message, field: string): string | undefined {
  const value = message[field]
  if (isAbsent(value)) return undefined
  return isShort(value) ? value : refuse('invalid-request', `a ${field} that is no short text`)
}

function urlOf({ referenceURL: url }: Message): string | undefined {
  if (isAbsent(url)) return undefined
  if (typeof url === 'string' && url.length <= URL_CHARACTERS_MAX) return url
  return refuse('invalid-request', 'a referenceURL that is no address')
}

function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === ''
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= ID_CHARACTERS_MAX
}

function isKnown(id: string): id is keyof typeof KINDS {
  return Object.hasOwn(KINDS, id)
}

function isObject(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(failure: Failure, message: string): never {
  throw new MosipFailure(failure, message)
}
