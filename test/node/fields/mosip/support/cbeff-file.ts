/** CBEFF files as MOSIP writes them. */
import { readFile } from 'node:fs/promises'
import { readImage } from '../../../../../matcher/image/read.ts'
import type { FingerArgument } from '../../../../../node/cli/arguments.ts'
import type { CapturedFinger } from '../../../../../protocol/payload.ts'
import { isoRecord2011 } from '../../../../matcher/support/image-records.ts'

const WSQ = 2

const SUBTYPES = ['Thumb', 'IndexFinger', 'MiddleFinger', 'RingFinger', 'LittleFinger']

export interface Bir {
  readonly type: string
  readonly subtype: string
  readonly score?: number
  readonly data: Uint8Array
}

export function cbeffFile(birs: readonly Bir[]): string {
  const namespace = 'http://standards.iso.org/iso-iec/19785/-3/ed-2/'
  const head = '<BIRInfo><Integrity>false</Integrity></BIRInfo>'
  const records = birs.map(recordOf).join('\n')
  const begin = '<?xml version="1.0" encoding="UTF-8"?>'
  return `${begin}\n<BIR xmlns="${namespace}">${head}${records}</BIR>\n`
}

function recordOf({ type, subtype, score = 80, data }: Bir): string {
  const version = '<Major>1</Major><Minor>1</Minor>'
  return `<BIR>
    <Version>${version}</Version><CBEFFVersion>${version}</CBEFFVersion>
    <BIRInfo><Integrity>false</Integrity></BIRInfo>
    <BDBInfo>
      <Format><Organization>Mosip</Organization><Type>7</Type></Format>
      <CreationDate>2019-06-27T13:40:06.209Z</CreationDate>
      <Type>${type}</Type><Subtype>${subtype}</Subtype>
      <Level>Raw</Level><Purpose>Enroll</Purpose>
      <Quality><Algorithm><Organization>HMAC</Organization><Type>SHA-256</Type></Algorithm>
      <Score>${score}</Score></Quality>
    </BDBInfo>
    <BDB>${Buffer.from(data).toString('base64')}</BDB>
  </BIR>`
}

/** `Right IndexFinger` of 2. */
export function subtypeOf(position: number): string {
  const side = position <= 5 ? 'Right' : 'Left'
  return `${side} ${SUBTYPES[(position - 1) % 5]}`
}

/** Prints from files, each as a record of ISO/IEC 19794-4:2011 of its own. */
export async function fingerBirs(fingers: readonly FingerArgument[]): Promise<Bir[]> {
  return Promise.all(
    fingers.map(async ({ position = 0, file }) => {
      const image = new Uint8Array(await readFile(file))
      const { width, height } = readImage(image)
      const data = isoRecord2011([{ position, width, height, data: image }], WSQ)
      return { type: 'Finger', subtype: subtypeOf(position), data }
    }),
  )
}

/** Templates, each as a record of its own. */
export function templateFile(fingers: readonly CapturedFinger[]): string {
  return cbeffFile(
    fingers.map(({ position, template }) => {
      return { type: 'Finger', subtype: subtypeOf(position), data: template }
    }),
  )
}
