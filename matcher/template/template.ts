/**
 * A minutiae template as the rest of the matcher sees it, whichever standard it came in.
 *
 * Sources: ISO/IEC 19794-2:2005 and :2011, ANSI INCITS 378-2004 and -2009 with amendment 1. The
 * readers put all of them into the units of ISO/IEC 19794-2: y grows downwards, directions grow
 * counter-clockwise from +x.
 */
export type TemplateFormat =
  | 'iso-19794-2:2005'
  | 'iso-19794-2:2011'
  | 'ansi-378:2004'
  | 'ansi-378:2007'
  | 'ansi-378:2009'
  | 'ansi-378:2009/am1'

/** `other` is a type the extractor could not tell; ANSI 378-2009 calls it "either". */
export type MinutiaType = 'ending' | 'bifurcation' | 'other'

export interface Minutia {
  /** Pixels from the left edge, at the view's own resolution. */
  x: number
  /** Pixels from the top edge, growing downwards. */
  y: number
  /** 0..255 in units of 360/256°, counter-clockwise from +x. */
  angle: number
  type: MinutiaType
  /** 0 where nothing is reported, else 1 (worst) to 100. */
  quality: number
}

/**
 * An extended data area as it stood in the record: ridge counts, cores, zones or a vendor's own.
 */
export interface ExtendedArea {
  /** 1 ridge counts, 2 cores and deltas, 3 zonal quality; from 0x100 on a vendor's. */
  type: number
  data: Uint8Array
}

export interface QualityRecord {
  /** 0..100; 254 and 255 are read as 0, not reported. */
  quality: number
  vendor: number
  algorithm: number
}

/** What only ISO/IEC 19794-2:2011 says about how a view was captured. */
export interface Capture {
  datetime: {
    year: number
    month: number
    day: number
    hour: number
    minute: number
    second: number
    millisecond: number
  }
  /** Clause 8.3's technology code, 0 for unknown. */
  sensorType: number
  sensorVendor: number
  sensorId: number
  certificates: readonly { authority: number; scheme: number }[]
  /** What the position of an ending is measured on: 0 valley skeleton bifurcation, 1 ridge end. */
  endingType: number
}

export interface FingerView {
  /** ISO finger position: 0 unknown, 1 right thumb to 5 right little, 6 left thumb to 10. */
  position: number
  view: number
  /** Impression type as coded by the standard; 0 is live-scan plain. */
  impression: number
  /** 0 where nothing is reported, else 1 to 100. */
  quality: number
  minutiae: readonly Minutia[]
  /** Pixels. */
  width: number
  /** Pixels. */
  height: number
  /** Pixels per centimetre: 197 is 500 dpi. */
  resolutionX: number
  /** Pixels per centimetre. */
  resolutionY: number
  extensions?: readonly ExtendedArea[]
  qualityRecords?: readonly QualityRecord[]
  capture?: Capture
}

/** CBEFF product owner and type. */
export interface Product {
  vendorId: number
  subformat: number
}

export interface Sensor {
  certified: boolean
  id: number
}

export interface Template {
  format: TemplateFormat
  /** ANSI only. */
  product?: Product
  /** In all formats but ISO 2011, which says it by view in `capture`. */
  sensor?: Sensor
  views: readonly FingerView[]
}

/** What a record can be written from: a template, or just views. */
export type Writable = Omit<Template, 'format'>

/**
 * - `too-long` more bytes than any template this house accepts
 * - `truncated` ends inside a field it announced
 * - `magic` not a finger minutiae record
 * - `version` one whose edition is not known here
 * - `length` the length it declares cannot be its own
 * - `field-range` a field with a value the standard does not allow
 * - `trailing` bytes behind what the record describes
 */
export type InvalidTemplateCode =
  | 'too-long'
  | 'truncated'
  | 'magic'
  | 'version'
  | 'length'
  | 'field-range'
  | 'trailing'

/** Bytes that are no template, or a template that cannot be written. */
export class InvalidTemplate extends Error {
  override readonly name = 'InvalidTemplate'
  readonly code: InvalidTemplateCode
  /** Byte offset where reading gave up; 0 when writing. */
  readonly offset: number

  constructor(code: InvalidTemplateCode, message: string, offset = 0) {
    super(message)
    this.code = code
    this.offset = offset
  }
}
