import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readFingerImageRecord2011 } from '../../../matcher/image/iso-19794-4-2011.ts'
import { readFingerImageRecord } from '../../../matcher/image/iso-19794-4.ts'
import { readNistTransaction } from '../../../matcher/image/nist-itl.ts'
import { readFingers } from '../../../matcher/image/read-fingers.ts'
import { readWsq } from '../../../matcher/image/wsq/read-wsq.ts'
import { writeWsq } from '../../../matcher/image/wsq/write-wsq.ts'
import { isoRecord, isoRecord2011, nistTransaction } from '../support/image-records.ts'
import { ridges } from '../support/images.ts'

const WSQ = 2
const [small, large] = [ridges(40, 48), ridges(64, 56)]
const index = { position: 2, width: 40, height: 48, data: writeWsq(small) }
const thumb = { position: 6, width: 64, height: 56, data: writeWsq(large) }

const promises = suite('a record of finger images')

for (const [name, read, bytes] of [
  ['ISO 19794-4', readFingerImageRecord, isoRecord([index, thumb], WSQ)],
  ['ISO 19794-4:2011', readFingerImageRecord2011, isoRecord2011([index, thumb], WSQ)],
  ['ANSI/NIST-ITL', readNistTransaction, nistTransaction(index, thumb)],
] as const) {
  promises(`${name}: gives every image with its finger and resolution`, () => {
    const images = read(bytes)
    equal(
      images.map(({ position }) => position),
      [2, 6],
    )
    equal(
      images.map(({ image }) => image),
      [index, thumb].map(({ data }) => ({ ...readWsq(data), dpi: 500 })),
    )
  })

  promises(`${name}: is known by its first bytes`, () => {
    equal(readFingers(bytes), read(bytes))
  })

  promises(`${name}: is refused wherever it is cut off`, () => {
    for (let length = 0; length < bytes.length; length += 7) {
      ok(refusal(() => read(bytes.slice(0, length))) !== 'it was taken')
    }
  })
}

promises('ISO 19794-4: may hold plain pixels', () => {
  const plain = { ...index, data: small.pixels }
  equal(readFingers(isoRecord([plain], 0))[0]?.image, small)
})

promises('ISO 19794-4: is refused where it lies about its images', () => {
  const good = isoRecord([index], WSQ)
  is(refusal(reads(isoRecord([{ ...index, width: 41 }], WSQ))), 'content')
  is(refusal(reads(isoRecord([{ ...index, position: 16 }], WSQ))), 'field-range')
  is(refusal(reads(isoRecord([], WSQ))), 'content')
  is(refusal(reads(isoRecord([index], 6))), 'unsupported')
  is(refusal(reads(changed(good, 4, 0x31))), 'unsupported', 'edition')
  is(refusal(reads(changed(good, 19, 3))), 'field-range', 'scale unit')
  is(refusal(reads(changed(good, 27, 0))), 'resolution')
  is(refusal(reads(Buffer.concat([good, Uint8Array.of(1)]))), 'length')
  is(readFingerImageRecord(Buffer.concat([good, new Uint8Array(9)])).length, 1)
})

promises('ISO 19794-4:2011: may be certified, and says a quality', () => {
  const [image, ...others] = readFingers(isoRecord2011([{ ...index, data: small.pixels }], 0, true))
  equal([image?.image, image?.quality, others.length], [small, 80, 0])
})

promises('ISO 19794-4:2011: is refused where it lies about its images', () => {
  const good = isoRecord2011([index], WSQ)
  is(refused2011(isoRecord2011([{ ...index, width: 41 }], WSQ)), 'content')
  is(refused2011(isoRecord2011([{ ...index, position: 16 }], WSQ)), 'field-range')
  is(refused2011(isoRecord2011([], WSQ)), 'content')
  is(refused2011(isoRecord2011([index], 1)), 'unsupported')
  is(refused2011(changed(good, 5, 0x31)), 'unsupported', 'edition')
  is(refused2011(changed(good, 13, 2)), 'content', 'number of representations')
  is(refused2011(changed(good, 14, 2)), 'field-range', 'certification flag')
  is(refused2011(changed(good, 18, 9)), 'truncated', 'length of a representation')
  is(refused2011(Buffer.concat([good, Uint8Array.of(1)])), 'length')
  is(readFingerImageRecord2011(Buffer.concat([good, new Uint8Array(9)])).length, 1)
})

promises('of more images than a person has is refused', () => {
  const many = Array.from({ length: 33 }, () => index)
  is(
    refusal(() => readFingerImageRecord(isoRecord(many, WSQ))),
    'size',
  )
})

promises('ANSI/NIST-ITL: knows plain thumbs by their own numbers', () => {
  const images = readNistTransaction(
    nistTransaction({ ...index, position: 11 }, { ...thumb, position: 12 }),
  )
  equal(
    images.map(({ position }) => position),
    [1, 6],
  )
})

promises('a bare image is of an unknown finger', () => {
  const [only, ...others] = readFingers(index.data)
  equal([only?.position, only?.image, others.length], [0, readWsq(index.data), 0])
})

promises.run()

function reads(bytes: Uint8Array): () => unknown {
  return () => readFingerImageRecord(bytes)
}

function refused2011(bytes: Uint8Array): string {
  return refusal(() => readFingerImageRecord2011(bytes))
}

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof InvalidImage) return error.code
    throw error
  }
  return 'it was taken'
}

function changed(bytes: Uint8Array, offset: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[offset] = byte
  return copy
}
