/**
 * Biometric records out of a CBEFF file in XML, as MOSIP stores them.
 *
 * Source: ISO/IEC 19785-3:2015 clause 20 (the OASIS patron format), and the samples in MOSIP's API.
 * What a record says of its creator, validity and algorithms is not asked for.
 */
import { MosipFailure } from './failure.ts'
import { BIRS_MAX } from './limits.ts'
import { childOf, readXml, type XmlElement } from './xml.ts'

export interface BiometricRecord {
  readonly modality: 'finger' | 'other'
  /** ISO finger position; 0 for an unknown one, and of what is no finger. */
  readonly position: number
  /** 0 to 100, as the file has it. */
  readonly quality: number | undefined
  /** As in its own standard. */
  readonly data: Uint8Array
}

/** By the words of `Subtype`, the side first, lower case, without spaces. */
const POSITIONS: ReadonlyMap<string, number> = new Map(
  ['right', 'left'].flatMap((side, place) => {
    return ['thumb', 'indexfinger', 'middlefinger', 'ringfinger', 'littlefinger'].map(
      (finger, i): [string, number] => [side + finger, 5 * place + i + 1],
    )
  }),
)

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/
const QUALITY = /^(?:100|\d{1,2})$/

/**
 * Records without data are left out: a finger that could not be captured has one.
 *
 * @throws MosipFailure `invalid-cbeff`
 */
export function readCbeff(bytes: Uint8Array): BiometricRecord[] {
  const root = readXml(decoded(bytes))
  if (root.name !== 'BIR') throw refusal(`${root.name} where a BIR has to be`)
  const records = recordsIn(root)
  if (records.length > BIRS_MAX) throw refusal(`${records.length} records`)
  return records.flatMap((record) => recordOf(record) ?? [])
}

/** One within another: a file is a record of records. */
function recordsIn(element: XmlElement): XmlElement[] {
  const within = element.children.filter(({ name }) => name === 'BIR').flatMap(recordsIn)
  return childOf(element, 'BDB') ? [element, ...within] : within
}

function recordOf(record: XmlElement): BiometricRecord | undefined {
  const text = childOf(record, 'BDB')!.text.replaceAll(/\s/g, '')
  if (text === '') return undefined
  if (!BASE64.test(text)) throw refusal('a BDB that is not base64')
  const info = childOf(record, 'BDBInfo')
  const score = childOf(childOf(info, 'Quality'), 'Score')?.text.trim() ?? ''
  const isFinger = wordsOf(info, 'Type').split(' ').includes('finger')
  return {
    modality: isFinger ? 'finger' : 'other',
    position: isFinger ? positionOf(wordsOf(info, 'Subtype')) : 0,
    quality: QUALITY.test(score) ? Number(score) : undefined,
    data: new Uint8Array(Buffer.from(text, 'base64')),
  }
}

/** All elements of that name: some writers make one of each word. */
function wordsOf(info: XmlElement | undefined, name: string): string {
  const texts = info?.children.filter((child) => child.name === name) ?? []
  return texts.map(({ text }) => text.trim().toLowerCase()).join(' ')
}

/** @throws MosipFailure `invalid-cbeff`: a finger that there is none of */
function positionOf(subtype: string): number {
  if (subtype === '' || subtype === 'unknown') return 0
  const position = POSITIONS.get(subtype.replaceAll(' ', ''))
  if (position !== undefined) return position
  throw refusal('a subtype that is no finger')
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new MosipFailure('invalid-cbeff', 'CBEFF: not UTF-8', { cause })
  }
}

function refusal(message: string): MosipFailure {
  return new MosipFailure('invalid-cbeff', `CBEFF: ${message}`)
}
