/** A traveller with bundled prints: a passport with two of them, and others taken at the border. */
import { toBase64 } from '../../../../crypto/bytes.ts'
import type { Extractor } from '../../../../matcher/extract/extractor.ts'
import { systemRandom } from '../../../../node/random.ts'
import { inspectionDigest } from '../../../../protocol/border/crossing.ts'
import type { ProfileName } from '../../../../protocol/border/profile.ts'
import type { ChipFiles } from '../../../../protocol/document/chip-file.ts'
import { writeZoneData } from '../../../../protocol/document/zone-data.ts'
import {
  encodePayload,
  PAYLOAD_NONCE_BYTES,
  type CapturedFinger,
} from '../../../../protocol/payload.ts'
import type { Liveness } from '../../../../protocol/border/crossing.ts'
import { capturedOf, passengers } from '../../../../simulations/bench/border/passengers.ts'
import { chip, ZONE, type ChipOptions } from '../../../protocol/document/support/chips.ts'
import { bodyOf, deedBodyOf, type TestMesh } from '../../../support/test-mesh.ts'

/** As many as are needed: every image takes its time. */
const TRAVELLERS = 3

export interface TestTraveller {
  /** For enrolment. */
  readonly fingers: readonly CapturedFinger[]
  /** As they are taken at the border. */
  readonly live: readonly CapturedFinger[]
  readonly images: readonly { readonly image: string; readonly position: number }[]
  readonly dg3: Uint8Array
}

/** The bundled people in their order. */
export async function bundledTravellers(extractor: Extractor): Promise<TestTraveller[]> {
  const all: TestTraveller[] = []
  for (const { fingers, images, files } of await passengers(extractor, TRAVELLERS)) {
    all.push({
      fingers,
      live: await capturedOf(images, extractor),
      images: images.map(({ bytes, position = 0 }) => ({ image: toBase64(bytes), position })),
      dg3: files.get(3)!,
    })
  }
  return all
}

/** The passport of such a person. */
export function passport(dg3: Uint8Array, options: ChipOptions = {}, zone = ZONE): ChipFiles {
  return chip({
    groups: new Map([
      [1, writeZoneData(zone)],
      [3, dg3],
    ]),
    ...options,
  })
}

export interface InspectionOptions {
  readonly profile?: ProfileName
  readonly zone?: string | undefined
  readonly files?: ChipFiles
  readonly live?: readonly CapturedFinger[]
  readonly images?: TestTraveller['images']
  readonly liveness?: Liveness
  readonly handle?: Uint8Array | undefined
  readonly isSearched?: boolean
}

/** What the guard signs of it, as the gateway takes it. */
export function inspectionBody(mesh: TestMesh, options: InspectionOptions) {
  const { profile = 'counter', zone = ZONE, files = new Map(), live = [], handle } = options
  const { guard } = mesh.officers
  const payloadNonce = systemRandom.bytes(PAYLOAD_NONCE_BYTES)
  const payload =
    live.length > 0 ? encodePayload({ nonce: payloadNonce, fingers: live }) : undefined
  const nonce = systemRandom.bytes(32)
  const commitment = inspectionDigest({ nonce, zone, files, payload })
  const { liveness = 'live', isSearched = false, images } = options
  const deed = { type: 'inspection', profile, liveness, commitment } as const
  const about = { purpose: 'border-control', ...(handle && { handle }) } as const
  const question = (whose: Uint8Array | undefined) => {
    const asked = { fingers: live, payload: payload!, statement: about }
    const { payload: _, ...signed } = bodyOf(
      mesh.signedQuery({ ...asked, ...(whose && { handle: whose }) }),
    ) as Record<string, unknown>
    return signed
  }
  const prints = images
    ? { images: { nonce: toBase64(payloadNonce), fingers: images } }
    : payload && { payload: toBase64(payload) }
  return {
    ...deedBodyOf(mesh.signedDeed(deed, [guard], about)),
    nonce: toBase64(nonce),
    zone,
    files: [...files.values()].map((file) => toBase64(file)),
    ...prints,
    ...(payload && handle && { verify: question(handle) }),
    ...(payload && isSearched && { identify: question(undefined) }),
  }
}
