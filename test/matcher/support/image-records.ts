/** Records that hold finger images, written as their standards say, for tests to read. */
import { concatBytes, utf8 } from '../../../crypto/bytes.ts'

export interface RecordImage {
  position: number
  width: number
  height: number
  data: Uint8Array
}

const [FS, GS, RS, US] = ['\x1c', '\x1d', '\x1e', '\x1f'] as const

/** ISO/IEC 19794-4:2005, of 500 pixels per inch. */
export function isoRecord(images: readonly RecordImage[], compression: number): Uint8Array {
  const views = images.map(({ position, width, height, data }) => {
    const size = bytesOf(14 + data.length, 4)
    const numbers = Uint8Array.of(position, 1, 1, 80, 0)
    return concatBytes(size, numbers, bytesOf(width, 2), bytesOf(height, 2), bytesOf(0, 1), data)
  })
  const length = views.reduce((sum, view) => sum + view.length, 32)
  const resolution = [500, 500, 500, 500].map((value) => bytesOf(value, 2))
  return concatBytes(
    utf8('FIR\x00010\0'),
    bytesOf(length, 6),
    bytesOf(0, 2),
    bytesOf(31, 2),
    Uint8Array.of(images.length, 1),
    ...resolution,
    Uint8Array.of(8, compression, 0, 0),
    ...views,
  )
}

/** ISO/IEC 19794-4:2011, of 500 pixels per inch, with a quality and, if wished, a certificate. */
export function isoRecord2011(
  images: readonly RecordImage[],
  compression: number,
  isCertified = false,
): Uint8Array {
  const views = images.map(({ position, width, height, data }) => {
    const resolution = [500, 500, 500, 500].map((value) => bytesOf(value, 2))
    const body = concatBytes(
      bytesOf(0, 14),
      Uint8Array.of(2, 255, 0, 0, 0, 0, 80, 0, 0, 0, 0),
      isCertified ? Uint8Array.of(1, 0, 0, 0) : new Uint8Array(),
      Uint8Array.of(position, 0, 1),
      ...resolution,
      Uint8Array.of(8, compression, 0),
      bytesOf(width, 2),
      bytesOf(height, 2),
      bytesOf(data.length, 4),
      data,
      utf8('what is behind the image'),
    )
    return concatBytes(bytesOf(body.length + 4, 4), body)
  })
  const length = views.reduce((sum, view) => sum + view.length, 16)
  return concatBytes(
    utf8('FIR\x00020\0'),
    bytesOf(length, 4),
    bytesOf(images.length, 2),
    Uint8Array.of(Number(isCertified), images.length),
    ...views,
  )
}

/** An ANSI/NIST-ITL transaction of one record of type 4, one of type 2, and one of type 14. */
export function nistTransaction(four: RecordImage, fourteen: RecordImage): Uint8Array {
  const fields = [`2${US}00`, `4${US}01`, `14${US}02`]
  const first = textRecord(1, [
    [2, '0502'],
    [3, [`1${US}3`, ...fields].join(RS)],
    [4, 'TST'],
    [11, '19.69'],
    [12, '19.69'],
  ])
  const second = textRecord(2, [[2, '00']])
  const head = Uint8Array.of(1, 0, four.position, 255, 255, 255, 255, 255, 1)
  const size = [four.width, four.height].map((side) => bytesOf(side, 2))
  const rest = concatBytes(head, ...size, Uint8Array.of(1), four.data)
  const third = concatBytes(bytesOf(rest.length + 4, 4), rest)
  const last = textRecord(
    14,
    [
      [2, '02'],
      [3, '0'],
      [4, 'TST'],
      [5, '20260101'],
      [6, String(fourteen.width)],
      [7, String(fourteen.height)],
      [8, '1'],
      [9, '500'],
      [10, '500'],
      [11, 'WSQ20'],
      [12, '8'],
      [13, String(fourteen.position)],
    ],
    fourteen.data,
  )
  return concatBytes(first, second, third, last)
}

function textRecord(
  type: number,
  fields: readonly (readonly [field: number, text: string])[],
  data?: Uint8Array,
): Uint8Array {
  const tag = (field: number) => `${type}.${String(field).padStart(3, '0')}:`
  const text = fields.map(([field, value]) => tag(field) + value).join(GS)
  const tail = data ? concatBytes(utf8(`${GS}${tag(999)}`), data) : utf8('')
  const body = concatBytes(utf8(`${GS}${text}`), tail, utf8(FS))
  const head = tag(1)
  // The length counts its own digits: five of them, always.
  const length = String(head.length + 5 + body.length).padStart(5, '0')
  return concatBytes(utf8(head + length), body)
}

function bytesOf(value: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, place) => {
    return Math.floor(value / 256 ** (count - 1 - place)) % 256
  })
}
