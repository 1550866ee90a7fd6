import { readFileSync, readdirSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, instance, is, unreachable } from 'uvu/assert'
import { readTemplate } from '../../../matcher/template/read.ts'
import { ridgeCounts } from '../../../matcher/template/ridge-counts.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'
import { vector } from '../../support/data.ts'

interface ExpectedView {
  position: 'LEFT_INDEX' | 'RIGHT_INDEX'
  view: number
  scanType: 'LIVE_PLAIN'
  quality?: number
  qualityVendorId?: number
  qualityAlgorithmId?: number
  qrecords?: { quality: number; vendor: number; algorithm: number }[]
  datetime?: Record<string, number>
  sensorType?: 'UNKNOWN'
  sensorVendor?: number
  sensorId?: number
  certificates?: unknown[]
  endingType?: 'VALLEY_SKELETON_BIFURCATION'
  width?: number
  height?: number
  resolutionX?: number
  resolutionY?: number
  minutiae: {
    type: string
    positionX: number
    positionY: number
    angle: number
    quality: number
  }[]
  counts: { type: string; edges: { from: number; to: number; count: number }[] } | null
  coredelta: null
  extensions: { type: number; data: string }[]
}

interface Expected extends Partial<ExpectedView> {
  vendorId?: number
  subformat?: number
  sensorCertified?: boolean
  fingerprints: ExpectedView[]
}

const FORMATS = {
  'ansi378v2004-sample': 'ansi-378:2004',
  'ansi378v2009-sample': 'ansi-378:2009',
  'ansi378v2009am1-sample': 'ansi-378:2009/am1',
  'iso19794p2v2005-sample': 'iso-19794-2:2005',
  'iso19794p2v2011-sample': 'iso-19794-2:2011',
} as const

const POSITIONS = { RIGHT_INDEX: 2, LEFT_INDEX: 7 } as const

const promises = suite('a published template')

for (const [name, format] of Object.entries(FORMATS)) {
  const expected: Expected = JSON.parse(
    readFileSync(vector('minutiae-formats', `${name}.json`), 'utf8'),
  )
  const template = readTemplate(readFileSync(vector('minutiae-formats', `${name}.dat`)))

  promises(`${name}: header as published`, () => {
    is(template.format, format)
    is(template.product?.vendorId, expected.vendorId)
    is(template.product?.subformat, expected.subformat)
    is(template.sensor?.certified, expected.sensorCertified)
    is(template.sensor?.id, expected.sensorId)
    is(template.views.length, expected.fingerprints.length)
  })

  for (const [index, finger] of expected.fingerprints.entries()) {
    promises(`${name}: view ${index} as published`, () => {
      equal(described(template.views[index]!), describedExpected(finger, expected))
    })
    promises(`${name}: minutiae of view ${index} as published`, () => {
      const isAnsi = name.startsWith('ansi')
      equal(
        template.views[index]!.minutiae,
        finger.minutiae.map(({ type, positionX, positionY, angle, quality }) => ({
          x: positionX,
          y: positionY,
          angle: isAnsi ? Math.round(((angle * 2) / 360) * 256) % 256 : angle,
          type: type === 'EITHER' ? 'other' : type.toLowerCase(),
          quality,
        })),
      )
    })
  }
}

promises('NIST: fmr.ansi2004 has three views, ridge counts and a misstated core area', () => {
  const { format, views } = readTemplate(readFileSync(vector('minutiae-formats', 'fmr.ansi2004')))
  is(format, 'ansi-378:2004')
  equal(summary(views), ['7:27', '2:22', '3:28'])
  is(ridgeCounts(views[1]!)?.edges.length, 2)
  is(ridgeCounts(views[2]!)?.edges.length, 224)
  equal(
    views[2]!.extensions?.map(({ type }) => type),
    [1, 2],
  )
})

promises('NIST: fmr.ansi2007 is told from ISO 2011 and ANSI 2009 of the same version', () => {
  const { format, views } = readTemplate(readFileSync(vector('minutiae-formats', 'fmr.ansi2007')))
  is(format, 'ansi-378:2007')
  equal(summary(views), ['7:27', '2:22'])
  is(views[0]!.quality, 90)
  is(views[0]!.width, 512)
})

promises('NIST: fmr.iso2005 is read in spite of its misstated core area', () => {
  const { format, views } = readTemplate(readFileSync(vector('minutiae-formats', 'fmr.iso2005')))
  is(format, 'iso-19794-2:2005')
  equal(summary(views), ['7:27', '2:22'])
})

promises('zeros behind a record are the padding of a fixed buffer', () => {
  const bytes = readFileSync(vector('sourceafis-samples', 'iso-probe.dat'))
  is(bytes.length, 384)
  const { views } = readTemplate(bytes)
  equal(summary(views), ['0:38'])
  equal(readTemplate(bytes.subarray(0, 263)), readTemplate(bytes))
})

promises.run()

const refusals = suite('what is no template')

for (const name of readdirSync(vector('malformed-iso')).filter((file) => file.endsWith('.iso'))) {
  refusals(`${name}: truncated`, () => {
    is(refusal(readFileSync(vector('malformed-iso', name))), 'truncated')
  })
}

refusals('says what is wrong', () => {
  const good = readFileSync(vector('minutiae-formats', 'iso19794p2v2005-sample.dat'))
  is(refusal(new Uint8Array()), 'truncated')
  is(refusal(new Uint8Array(65_537)), 'too-long')
  is(refusal(changed(good, 0, 0x47)), 'magic')
  is(refusal(changed(good, 4, 0x39)), 'version')
  is(refusal(good.subarray(0, 100)), 'truncated')
  is(refusal(Buffer.concat([good, Buffer.from([1])])), 'trailing')
  is(refusal(changed(good, 24, 11)), 'field-range', 'finger position 11')
  is(refusal(changed(good, 26, 101)), 'field-range', 'finger quality 101')
  is(refusal(changed(good, 28, 0xc0)), 'field-range', 'minutia type 3')
  is(refusal(changed(changed(good, 18, 0), 19, 0)), 'field-range', 'resolution 0')
  is(refusal(changed(good, 22, 1)), 'length', 'one view of two')
})

refusals.run()

function described(view: FingerView): unknown {
  const { position, view: number, impression, quality, qualityRecords, capture } = view
  const { width, height, resolutionX, resolutionY, extensions = [] } = view
  const counts = ridgeCounts(view)
  return {
    position,
    number,
    impression,
    quality,
    qualityRecords,
    capture,
    image: { width, height, resolutionX, resolutionY },
    counts,
    hasCores: extensions.some(({ type }) => type === 2),
    extensions: extensions
      .filter(({ type }) => type > 3)
      .map(({ type, data }) => ({ type, data: Buffer.from(data).toString('base64') })),
  }
}

function describedExpected(finger: ExpectedView, header: Expected): unknown {
  const { width, height, resolutionX, resolutionY } = finger.width ? finger : header
  const { datetime, sensorVendor, sensorId, certificates } = finger
  const own = { quality: finger.quality, vendor: finger.qualityVendorId }
  const records = finger.qualityVendorId && [{ ...own, algorithm: finger.qualityAlgorithmId }]
  return {
    position: POSITIONS[finger.position],
    number: finger.view,
    impression: 0,
    quality: finger.quality ?? finger.qrecords?.[0]?.quality,
    qualityRecords: finger.qrecords ?? records,
    capture: datetime && {
      datetime,
      sensorType: 0,
      sensorVendor,
      sensorId,
      certificates,
      endingType: 0,
    },
    image: { width, height, resolutionX, resolutionY },
    counts: finger.counts
      ? { method: finger.counts.type.toLowerCase(), edges: finger.counts.edges }
      : undefined,
    hasCores: finger.coredelta !== null,
    extensions: finger.extensions,
  }
}

function summary(views: readonly FingerView[]): string[] {
  return views.map(({ position, minutiae }) => `${position}:${minutiae.length}`)
}

function refusal(bytes: Uint8Array): string {
  try {
    readTemplate(bytes)
  } catch (error) {
    instance(error, InvalidTemplate)
    return (error as InvalidTemplate).code
  }
  return unreachable('it was read') as never
}

function changed(bytes: Uint8Array, offset: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[offset] = byte
  return copy
}
